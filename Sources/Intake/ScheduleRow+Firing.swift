package import Contract
package import Dispatching
package import Invocations

extension ScheduleRule {
    /// What the store is asked about all that was planned since the row's cursor; nil where nothing
    /// was planned.
    ///
    /// - Parameter chance: a number in 0..<1, for the jitter of each tick.
    package func firing(
        of row: ScheduleRow, _ registry: Registry, now: Instant, chance: () -> Double
    ) -> Firing? {
        guard var decision = decision(after: row.cursor, now: now) else { return nil }
        if registry[row.declaration.function] == nil { decision.leaveOut() }
        return Firing(
            schedule: row.declaration.name, after: row.cursor, through: decision.through,
            ticks: decision.runs.compactMap {
                row.tick(planned: $0, registry, now: now, chance: chance())
            },
            skips: decision.skips, overlap: row.overlap, now: now)
    }
}

extension ScheduleRow {
    /// Takes over what a firing left behind.
    package mutating func take(_ planned: Planned) {
        guard let cursor = planned.cursor else { return }
        self.cursor = cursor
        lastFired = planned.lastFired
    }

    fileprivate var overlap: Firing.Overlap {
        Firing.Overlap(rawValue: declaration.overlap) ?? .skip
    }

    /// The event of one of its instants; nil where the function is gone: then nothing is owed, and
    /// the instant is decided all the same.
    func tick(
        planned: Instant, _ registry: Registry, now: Instant, chance: Double
    ) -> PlannedTick? {
        guard let function = registry[declaration.function] else { return nil }
        var json = JSONWriter()
        json.object { $0.member("scheduledFor", planned.rfc3339) }
        let event = NewEvent(
            kind: .tick, subject: declaration.name, acceptedAt: now, data: json.bytes,
            dataContentType: "application/json")
        let jitter = Double(declaration.jitterMilliseconds) * chance
        let due = planned + .milliseconds(Int64(jitter))
        let owed = Owed(
            function: function.number, start: due > now ? .at(due) : .whenClaimed,
            orderingKey: overlap == .queue ? "schedule/\(declaration.name)" : nil)
        return PlannedTick(
            planned: planned, record: Record(event: event, owed: [owed], comesFromOutside: false))
    }
}
