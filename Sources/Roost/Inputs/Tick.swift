public import Contract
public import FoundationEssentials

/// A moment that a schedule named.
public struct Tick: FunctionInput {
    /// The planned moment, which may lie well before now.
    public let scheduledFor: Date
    /// When it was recorded.
    public let firedAt: Date
    /// The schedule's name.
    public let schedule: String

    /// Makes a tick for a unit test; one that fired on time, where nothing else is said.
    public init(_ schedule: String, scheduledFor: Date, firedAt: Date? = nil) {
        self.schedule = schedule
        self.scheduledFor = scheduledFor
        self.firedAt = firedAt ?? scheduledFor
    }

    /// Schedules cause it.
    public static var kind: InputKind { .tick }

    /// Reads the planned instant from the event's data.
    public init(_ delivery: Delivery) throws {
        let data = try JSONCoding.decode(Planned.self, from: delivery.event.data, named: "data")
        self.init(
            delivery.event.subject, scheduledFor: data.scheduledFor,
            firedAt: delivery.event.acceptedAt.date)
    }

    private struct Planned: Decodable { let scheduledFor: Date }
}
