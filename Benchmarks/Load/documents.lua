-- Puts documents, each under an identifier of its own.
local folder = os.getenv("BENCH_LOAD")
dofile(folder .. "/report.lua")

local number = 0

function init(arguments)
    wrk.method = "PUT"
    wrk.headers["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN")
    wrk.headers["Content-Type"] = "application/json"
end

function request()
    number = number + 1
    return wrk.format(nil, wrk.path .. "i-" .. number, nil, '{"number":' .. number .. "}")
end
