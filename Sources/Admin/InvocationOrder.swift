import Contract

/// What a caller wants run: `{"data":…, "key":…, "afterSeconds":…}`.
struct InvocationOrder: Sendable, Equatable {
    /// Byte for byte as it was sent; `{}` where nothing was.
    var data: [UInt8]
    var key: String?
    var after: Duration

    /// A year; what is due later belongs into a schedule.
    static let afterMax = Duration.days(365)

    static let members = ["data", "key", "afterSeconds"]

    private static let noData = Array("{}".utf8)

    init(data: [UInt8] = Self.noData, key: String? = nil, after: Duration = .zero) {
        self.data = data
        self.key = key
        self.after = after
    }

    /// Reads one order; a member that comes twice counts as it is the last time.
    init(_ object: JSONValue, dataBytesMax: Int) throws(AdminError) {
        guard let members = object.members else { throw .notObject(found: object.kind.rawValue) }
        self.init(data: [])
        var hasData = false
        for (name, value) in members {
            switch name {
            case "data":
                guard value.bytes.count <= dataBytesMax else {
                    throw .dataTooLarge(found: value.bytes.count, max: dataBytesMax)
                }
                data = value.copied
                hasData = true
            case "key": key = try Self.key(value)
            case "afterSeconds": after = try Self.delay(value)
            default: throw .unknownMember(name.string, known: Self.members)
            }
        }
        if !hasData { data = Self.noData }
    }

    static func key(_ value: JSONValue) throws(AdminError) -> String? {
        if value.isNull { return nil }
        guard let text = value.text else {
            throw .badMember(
                "key", found: value.kind.rawValue, expected: "a text, or null for no key")
        }
        do throws(IdempotencyKeyError) {
            try IdempotencyKey.check(text)
        } catch {
            throw .badKey("\(error)")
        }
        return text
    }

    private static func delay(_ value: JSONValue) throws(AdminError) -> Duration {
        if value.isNull { return .zero }
        guard let seconds = value.double, (0...afterMax.seconds).contains(seconds) else {
            let found =
                value.kind == .number
                ? String(decoding: value.bytes, as: UTF8.self) : value.kind.rawValue
            throw .badMember(
                "afterSeconds", found: found,
                expected: "a number of seconds from 0 to \(Int(afterMax.seconds)), which is a year")
        }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }
}

/// The body of a request to record: one order, or many for one commit.
enum InvocationOrders: Sendable, Equatable {
    case one(InvocationOrder)
    case many([InvocationOrder])

    /// Reads a body; an empty one is an order without data.
    init(body: [UInt8], limits: Limits) throws(AdminError) {
        guard !body.isEmpty else {
            self = .one(InvocationOrder())
            return
        }
        self = try body.withUnsafeBufferPointer { (bytes) throws(AdminError) in
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(UnsafeRawBufferPointer(bytes))
            } catch {
                throw .malformedJSON(error)
            }
            return try Self.read(value, limits)
        }
    }

    private static func read(_ value: JSONValue, _ limits: Limits) throws(AdminError) -> Self {
        guard let batch = try value.batch("commands", max: limits.batchMax) else {
            return .one(try InvocationOrder(value, dataBytesMax: limits.dataBytesMax))
        }
        var orders: [InvocationOrder] = []
        for element in batch {
            orders.append(try InvocationOrder(element, dataBytesMax: limits.dataBytesMax))
        }
        return .many(orders)
    }
}
