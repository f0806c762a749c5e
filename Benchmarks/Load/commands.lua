-- Posts commands: BENCH_BATCH to a request, with a random key each where BENCH_KEYED is 1.
local folder = os.getenv("BENCH_LOAD")
dofile(folder .. "/report.lua")

local batch = tonumber(os.getenv("BENCH_BATCH"))
local keyed = os.getenv("BENCH_KEYED") == "1"
local data = '{"data":{"id":"1042"}'
local before, after, fixed

local function order(key)
    return data .. (key and ',"key":"' .. key .. '"}' or "}")
end

local function body(key)
    if batch == 1 then return order(key) end
    local orders = {}
    for number = 1, batch do orders[number] = order() end
    return '{"commands":[' .. table.concat(orders, ",") .. "]}"
end

local function seed()
    local source = io.open("/dev/urandom", "rb")
    local a, b, c, d = source:read(4):byte(1, 4)
    source:close()
    math.randomseed(a + 256 * (b + 256 * (c + 256 * d)))
end

function init(arguments)
    wrk.method = "POST"
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
    wrk.headers["Content-Type"] = "application/json"
    wrk.headers["Prefer"] = "respond-async"
    -- A key has always 16 digits, so that a request is three texts put together.
    local mark = "KEYKEYKEYKEYKEYK"
    fixed = wrk.format(nil, nil, nil, body(keyed and mark))
    if not keyed then return end
    seed()
    local first, last = fixed:find(mark, 1, true)
    before, after = fixed:sub(1, first - 1), fixed:sub(last + 1)
end

function request()
    if not keyed then return fixed end
    local random = math.random
    local key = string.format(
        "%04x%04x%04x%04x", random(0, 65535), random(0, 65535), random(0, 65535), random(0, 65535))
    return before .. key .. after
end
