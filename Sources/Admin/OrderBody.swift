import Contract

/// What one request to record asks for once, or many times in one commit.
protocol Order: Sendable, Equatable {
    /// The member that holds many: "commands".
    static var plural: String { get }
    /// What an empty body asks for.
    init()
    /// Reads one; a member that comes twice counts as it is the last time.
    init(_ object: JSONValue, dataBytesMax: Int) throws(AdminError)
}

/// The body of a request to record.
enum OrderBody<One: Order>: Sendable, Equatable {
    case one(One)
    case many([One])

    /// Reads a body: one order, or `{"commands":[…]}`; an empty one is an order without data.
    init(_ body: [UInt8], limits: Limits) throws(AdminError) {
        guard !body.isEmpty else {
            self = .one(One())
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
        guard var members = value.members else { throw .notObject(found: value.kind.rawValue) }
        guard let first = members.next(), first.key.string == One.plural else {
            return .one(try One(value, dataBytesMax: limits.dataBytesMax))
        }
        if let other = members.next() {
            throw .unknownMember(other.key.string, known: [One.plural])
        }
        guard let elements = first.value.elements else {
            throw .badMember(
                One.plural, found: first.value.kind.rawValue, expected: "an array of \(One.plural)")
        }
        var orders: [One] = []
        for element in elements {
            guard orders.count < limits.batchMax else {
                let count = elements.reduce(0) { count, _ in count + 1 }
                throw .manyInBatch(One.plural, found: count, max: limits.batchMax)
            }
            orders.append(try One(element, dataBytesMax: limits.dataBytesMax))
        }
        guard !orders.isEmpty else {
            throw .badMember(
                One.plural, found: "empty", expected: "1 to \(limits.batchMax) \(One.plural)")
        }
        return .many(orders)
    }
}
