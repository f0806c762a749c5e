import Contract

/// What somebody publishes: `{"data":…, "attributes":{…}, "orderingKey":…, "key":…}`.
struct MessageOrder: Order {
    /// Byte for byte as it was sent; `{}` where nothing was.
    var data = Self.noData
    var attributes: [String: String] = [:]
    var orderingKey: String?
    var key: String?

    static let plural = "messages"
    static let members = ["data", "attributes", "orderingKey", "key"]
    static let attributesBytesMax = 64 * 1024
    static let orderingKeyBytesMax = 255

    private static let noData = Array("{}".utf8)

    init() {}

    /// Reads one message; a member that comes twice counts as it is the last time.
    init(_ object: JSONValue, dataBytesMax: Int) throws(AdminError) {
        guard let members = object.members else { throw .notObject(found: object.kind.rawValue) }
        for (name, value) in members {
            switch name {
            case "data":
                guard value.bytes.count <= dataBytesMax else {
                    throw .dataTooLarge(found: value.bytes.count, max: dataBytesMax)
                }
                data = value.copied
            case "attributes": attributes = try Self.attributes(value)
            case "orderingKey": orderingKey = try Self.orderingKey(value)
            case "key": key = try InvocationOrder.key(value)
            default: throw .unknownMember(name.string, known: Self.members)
            }
        }
    }

    private static func attributes(_ value: JSONValue) throws(AdminError) -> [String: String] {
        if value.isNull { return [:] }
        let expected = "an object of texts"
        guard let members = value.members else {
            throw .badMember("attributes", found: value.kind.rawValue, expected: expected)
        }
        var attributes: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.text else {
                throw .badMember(
                    "attributes.\(name.string)", found: value.kind.rawValue, expected: "a text")
            }
            attributes[name.string] = text
        }
        if let mistake = Event.mistake(inAttributes: attributes) { throw .badName(mistake) }
        let bytes = attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        guard bytes <= attributesBytesMax else {
            throw .badMember(
                "attributes", found: "\(bytes) bytes", expected: "at most \(attributesBytesMax)")
        }
        return attributes
    }

    private static func orderingKey(_ value: JSONValue) throws(AdminError) -> String? {
        if value.isNull { return nil }
        let text = try value.text(of: "orderingKey", expected: "a text, or null for no order")
        guard (1...orderingKeyBytesMax).contains(text.utf8.count) else {
            throw .badMember(
                "orderingKey", found: "\(text.utf8.count) bytes",
                expected: "1 to \(orderingKeyBytesMax)")
        }
        return text
    }
}
