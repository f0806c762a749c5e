import Contract

/// A message on its way to everyone who has subscribed to its topic.
package struct NewMessage: Sendable, Equatable {
    /// The topic's name, which keeps `NameRule.topic`.
    package var topic: String
    /// Byte for byte as it was published.
    package var data: [UInt8]
    /// What subscriptions filter by.
    package var attributes: [String: String]
    /// Messages of one key come to each subscriber one at a time, in order.
    package var orderingKey: String?

    /// - Parameter topic: one that keeps `NameRule.topic`.
    package init(
        topic: String, data: [UInt8], attributes: [String: String] = [:], orderingKey: String? = nil
    ) {
        self.topic = topic
        self.data = data
        self.attributes = attributes
        self.orderingKey = orderingKey
    }

    /// The event, owed to all that subscribe now; without any it is recorded and kept.
    package func record(
        _ origin: Origin, key: Record.Key? = nil, _ triggers: TriggerTable
    ) -> Record {
        var told = attributes
        if let orderingKey { told[Event.orderingKeyAttribute] = orderingKey }
        let event = origin.event(.message, subject: topic, data: data, attributes: told)
        let subscribers = triggers.subscribers(of: topic, attributes: attributes)
        return Record(
            event: event, key: key,
            owed: subscribers.map {
                $0.owed(depth: origin.depth, sender: origin.sender, orderingKey: orderingKey)
            },
            comesFromOutside: origin.cause == nil)
    }
}
