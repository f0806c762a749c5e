public import Contract
public import FoundationEssentials

/// What happened, as one of the subscribers of a topic hears it.
public struct Message<Value: Codable & Sendable>: FunctionInput {
    /// What was published.
    public let data: Value
    /// Where it was published.
    public let topic: String
    /// What triggers may filter by.
    public let attributes: [String: String]
    /// Messages of one key come one at a time, in order; nil where the order is free.
    public let orderingKey: String?
    /// When it was committed.
    public let publishedAt: Date

    /// Makes a message for a unit test.
    public init(
        _ data: Value, topic: String = "", attributes: [String: String] = [:],
        orderingKey: String? = nil, publishedAt: Date = Date()
    ) {
        self.data = data
        self.topic = topic
        self.attributes = attributes
        self.orderingKey = orderingKey
        self.publishedAt = publishedAt
    }

    /// Messages cause it.
    public static var kind: InputKind { .message }

    /// Decodes the data from JSON; throws where it is no `Value`.
    public init(_ delivery: Delivery) throws {
        let event = delivery.event
        var attributes = event.attributes
        let orderingKey = attributes.removeValue(forKey: Event.orderingKeyAttribute)
        self.init(
            try JSONCoding.decode(Value.self, from: event.data, named: "data"),
            topic: event.subject, attributes: attributes, orderingKey: orderingKey,
            publishedAt: event.acceptedAt.date)
    }
}

extension Instant {
    var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
}

extension Event {
    /// When it was accepted.
    public var time: Date { acceptedAt.date }
}
