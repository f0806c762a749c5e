package import Contract
import Dispatching
import EventLoop
import Invocations

/// What a schedule is checked for, and the event of one of its instants.
extension ScheduleClock {
    /// What is wrong with a schedule that somebody wants to make, or nil.
    package func mistake(in declaration: ScheduleDeclaration) -> String? {
        declaration.mistake(among: dispatcher.registry.functions.map(\.declaration)) {
            try zone($0)
        }
    }

    /// Nil where the function is gone: then nothing is owed, and the instant is decided all the same.
    func tick(_ row: ScheduleRow, planned: Instant, now: Instant) -> PlannedTick? {
        let declaration = row.declaration
        guard let function = dispatcher.registry[declaration.function] else { return nil }
        var json = JSONWriter()
        json.object { $0.member("scheduledFor", planned.rfc3339) }
        let event = NewEvent(
            kind: .tick, subject: declaration.name, acceptedAt: now, data: json.bytes,
            dataContentType: "application/json")
        let jitter = Double(declaration.jitterMilliseconds) * dispatcher.chance()
        let due = planned + .milliseconds(Int64(jitter))
        let owed = Owed(
            function: function.number, start: due > now ? .at(due) : .whenClaimed,
            orderingKey: declaration.overlap == Firing.Overlap.queue.rawValue
                ? "schedule/\(declaration.name)" : nil)
        return PlannedTick(
            planned: planned, record: Record(event: event, owed: [owed], comesFromOutside: false))
    }
}
