import Contract
import Invocations

/// Applies what is planned: schedules come and go, and fire.
///
/// The cursor of a schedule's row only grows, and each firing names the one that it found: so a
/// planned instant is decided once, whoever decides it.
final class Planner {
    private let invocations: InvocationRows
    private let settler: Settler
    private let recorder: Recorder
    private let schedules: ScheduleRows

    init(
        _ invocations: InvocationRows, _ settler: Settler, _ recorder: Recorder,
        _ schedules: ScheduleRows
    ) {
        self.invocations = invocations
        self.settler = settler
        self.recorder = recorder
        self.schedules = schedules
    }

    func plan(_ planning: Planning) throws -> Answer {
        if case .fire(let firing) = planning { return try fire(firing) }
        if let refusal = try schedules.refusal(of: planning) { return .refused(refusal) }
        try schedules.apply(planning)
        return .planned(Planned(row: try planning.name.flatMap { try schedules.find($0) }))
    }

    private func fire(_ firing: Firing) throws -> Answer {
        guard var found = try schedules.place(firing.schedule), !found.isRetired else {
            return .refused(.unknownSchedule(firing.schedule))
        }
        // A pause may have been committed since whoever fires looked; by hand it fires even so.
        let isOpen = !found.isPaused && found.cursor == firing.after
        guard firing.through == nil || isOpen else {
            return .refused(.firedMeanwhile(schedule: firing.schedule))
        }
        if let refusal = try recorder.refusal(of: firing.ticks.map(\.record)) {
            return .refused(refusal)
        }
        var planned = Planned()
        for skip in firing.skips {
            try schedules.insert(
                FiringRow(first: skip.first, last: skip.last, reason: skip.reason),
                of: &found, event: nil)
        }
        for tick in firing.ticks {
            planned.recorded.append(try fire(tick, firing, &found, &planned))
        }
        if let through = firing.through { found.cursor = through }
        try schedules.advance(found)
        planned.cursor = found.cursor
        planned.lastFired = found.lastFired
        return .planned(planned)
    }

    private func fire(
        _ tick: PlannedTick, _ firing: Firing, _ schedule: inout ScheduleRows.Place,
        _ planned: inout Planned
    ) throws -> Recorded? {
        var row = FiringRow(first: tick.planned, last: tick.planned)
        if firing.overlap == .skip, try !makesWay(schedule.lastTick, firing.now, &planned) {
            row.reason = .overlap
            try schedules.insert(row, of: &schedule, event: nil)
            return nil
        }
        let recorded = try recorder.insert(tick.record)
        row.event = recorded.event
        try schedules.insert(
            row, of: &schedule, event: recorded.number, isByHand: firing.through == nil)
        schedule.lastTick = InvocationNumber(event: recorded.number, ordinal: 0).rawValue
        schedule.lastFired = tick.planned
        planned.ready.formUnion(recorded.ready)
        for owed in tick.record.owed {
            guard case .at(let due) = owed.start else { continue }
            planned.dueAt = min(planned.dueAt ?? due, due)
        }
        return recorded
    }

    /// Cancels the tick before where it waits; false where it runs.
    private func makesWay(
        _ number: Int64?, _ now: Instant, _ planned: inout Planned
    ) throws -> Bool {
        guard let number, let row = try invocations.row(number), row.state.isOwed else {
            return true
        }
        guard row.state != .running else { return false }
        try invocations.end(
            row, as: .cancelled, at: now.milliseconds, error: Skip.Reason.superseded.rawValue)
        planned.ready.formUnion(try settler.follower(of: row))
        return true
    }
}
