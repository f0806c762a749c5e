public import Contract
public import FoundationEssentials

/// A moment that a schedule named.
public struct Tick: FunctionInput {
    /// The planned moment, which may lie well before now.
    public let scheduledFor: Date
    /// The schedule's name.
    public let schedule: String

    /// Makes a tick for a unit test.
    public init(_ schedule: String, scheduledFor: Date) {
        self.schedule = schedule
        self.scheduledFor = scheduledFor
    }

    /// Schedules cause it.
    public static var kind: InputKind { .tick }

    public init(_ delivery: Delivery) throws {
        let data = try JSONCoding.decode(Planned.self, from: delivery.event.data, named: "data")
        self.init(delivery.event.subject, scheduledFor: data.scheduledFor)
    }

    private struct Planned: Decodable { let scheduledFor: Date }
}
