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
        self.init(
            delivery.event.subject, scheduledFor: try Self.planned(in: delivery.event.data),
            firedAt: delivery.event.acceptedAt.date)
    }

    /// A thousand ticks may begin within one second, and a decoder takes most of what one costs: so
    /// it is asked only where the one field is not as the host writes it, and says what is wrong.
    private static func planned(in data: [UInt8]) throws -> Date {
        if let text = try? data.withJSON({ $0["scheduledFor"]?.text }),
            let date = RFC3339.date(of: text)
        {
            return date
        }
        return try JSONCoding.decode(Planned.self, from: data, named: "data").scheduledFor
    }

    private struct Planned: Decodable { let scheduledFor: Date }
}
