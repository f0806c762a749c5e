import Contract

/// What somebody publishes: `{"data":…, "attributes":{…}, "orderingKey":…, "key":…}`.
struct MessageOrder: Sendable, Equatable {
    /// Byte for byte as it was sent; `{}` where nothing was.
    var data = Self.noData
    var attributes: [String: String] = [:]
    var orderingKey: String?
    var key: String?

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

/// The body of a request to publish: one message, or many for one commit.
enum MessageOrders: Sendable, Equatable {
    case one(MessageOrder)
    case many([MessageOrder])

    /// Reads a body; an empty one is a message without data.
    init(body: [UInt8], limits: Limits) throws(AdminError) {
        guard !body.isEmpty else {
            self = .one(MessageOrder())
            return
        }
        self = try body.withUnsafeBufferPointer { (bytes) throws(AdminError) in
            let value: JSONValue
            do throws(JSONError) {
                value = try JSONValue(UnsafeRawBufferPointer(bytes))
            } catch {
                throw .malformedJSON(error)
            }
            guard let batch = try value.batch("messages", max: limits.batchMax) else {
                return .one(try MessageOrder(value, dataBytesMax: limits.dataBytesMax))
            }
            var orders: [MessageOrder] = []
            for element in batch {
                orders.append(try MessageOrder(element, dataBytesMax: limits.dataBytesMax))
            }
            return .many(orders)
        }
    }
}

extension JSONValue {
    /// The elements of the one member `name` of an object; nil where it begins with another.
    func batch(_ name: String, max: Int) throws(AdminError) -> [JSONValue]? {
        guard var members else { throw .notObject(found: kind.rawValue) }
        guard let first = members.next(), first.key.string == name else { return nil }
        if let other = members.next() {
            throw .unknownMember(other.key.string, known: [name])
        }
        guard let elements = first.value.elements else {
            throw .badMember(
                name, found: first.value.kind.rawValue, expected: "an array of \(name)")
        }
        let all = Array(elements)
        guard all.count <= max else { throw .manyInBatch(name, found: all.count, max: max) }
        guard !all.isEmpty else {
            throw .badMember(name, found: "empty", expected: "1 to \(max) \(name)")
        }
        return all
    }
}
