import Contract

/// What a caller wants run: `{"data":…, "key":…, "afterSeconds":…}`.
struct InvocationOrder: Order {
    /// Byte for byte as it was sent; `{}` where nothing was.
    var data: [UInt8]
    var key: String?
    var after: Duration

    /// A year; what is due later belongs into a schedule.
    static let afterMax = Duration.days(365)

    static let plural = "commands"
    static let members = ["data", "key", "afterSeconds"]

    private static let noData = Array("{}".utf8)

    init() { self.init(data: Self.noData) }

    private init(data: [UInt8], key: String? = nil, after: Duration = .zero) {
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
