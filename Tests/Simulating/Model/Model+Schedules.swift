import Contract
import Invocations

extension Model {
    mutating func observe(_ planning: Planning, _ planned: Planned) throws(Violation) {
        switch planning {
        case .declare(let declarations, let now):
            for declaration in declarations where schedules[declaration.name] == nil {
                schedules[declaration.name] = Schedule(declaration: declaration, cursor: now)
            }
        case .pause(let name, let isPaused, let now):
            guard var schedule = schedules[name] else { return }
            if schedule.isPaused, !isPaused, schedule.cursor < now {
                schedule.decided.append(
                    FiringRow(
                        first: schedule.cursor + .milliseconds(1), last: now, reason: .paused))
                schedule.cursor = now
            }
            schedule.isPaused = isPaused
            schedules[name] = schedule
        case .fire(let firing): try observe(firing, planned)
        case .set, .remove: throw Violation(invariant: 10, text: "nobody makes schedules here")
        }
    }

    private mutating func observe(_ firing: Firing, _ planned: Planned) throws(Violation) {
        guard let schedule = schedules[firing.schedule], let through = firing.through else {
            throw Violation(invariant: 10, text: "\(firing.schedule) fired, and is not declared")
        }
        try require(
            schedule.cursor == firing.after, 10,
            "\(firing.schedule) fired for what comes after \(firing.after.rfc3339), which was "
                + "decided up to \(schedule.cursor.rfc3339)")
        try checkAllDecided(firing, schedule, through)
        try checkMissed(firing, schedule, through)
        try require(
            planned.recorded.count == firing.ticks.count, 10, "a tick has no answer")
        for skip in firing.skips {
            decided(
                FiringRow(first: skip.first, last: skip.last, reason: skip.reason),
                of: firing.schedule)
        }
        for (tick, recorded) in zip(firing.ticks, planned.recorded) {
            try fire(tick, firing, recorded)
            var row = FiringRow(first: tick.planned, last: tick.planned)
            if let recorded { row.event = recorded.event } else { row.reason = .overlap }
            decided(row, of: firing.schedule)
        }
        schedules[firing.schedule]!.cursor = through
        try require(
            planned.cursor == through, 10, "the cursor of \(firing.schedule) did not move")
    }

    private mutating func fire(
        _ tick: PlannedTick, _ firing: Firing, _ recorded: Recorded?
    ) throws(Violation) {
        let last = schedules[firing.schedule]!.lastTick.flatMap { rows[$0] }
        let isBusy = firing.overlap == .skip && last?.state == .running
        try require(
            isBusy == (recorded == nil), 10,
            "\(firing.schedule) \(recorded == nil ? "left out" : "fired") \(tick.planned.rfc3339) "
                + "while the tick before was \(last?.state.name ?? "gone")")
        guard let recorded else { return }
        try require(
            tick.record.owed.map { Self.role($0.function.rawValue) } == [.report], 10,
            "a tick of \(firing.schedule) is owed to \(tick.record.owed.map(\.function.rawValue))")
        if firing.overlap == .skip, var last, last.state.isOwedToTheModel {
            last.state = .cancelled
            last.dueAt = nil
            last.finishedAt = firing.now
            put(last)
        }
        let number = insert(tick.record)
        try require(
            recorded.number.rawValue == number, 10,
            "a tick is event \(recorded.number.rawValue), expected \(number)")
        for started in recorded.started {
            try start(
                rows[number << 12 | Int64(started.ordinal)]!, lease: started.lease, runs: 1,
                at: tick.record.event.acceptedAt)
        }
        schedules[firing.schedule]!.lastTick = number << 12
    }

    private mutating func decided(_ row: FiringRow, of name: String) {
        schedules[name]!.decided.append(row)
    }

    /// What is ten seconds late was missed: of it runs what the schedule says, and the rest is left
    /// out with the reason.
    private func checkMissed(
        _ firing: Firing, _ schedule: Schedule, _ through: Instant
    ) throws(Violation) {
        let planned = PlannedInstants(schedule.declaration).after(firing.after, through: through)
        let missed = planned.filter { $0 <= firing.now - .seconds(10) }
        let onTime = planned.filter { $0 > firing.now - .seconds(10) }
        try require(
            missed.last ?? .distantPast <= undisturbedSince, 10,
            "\(firing.schedule) is late for \(missed.last?.rfc3339 ?? ""), and nothing was in its "
                + "way since \(undisturbedSince.rfc3339)")
        let (kept, reason): ([Instant], Skip.Reason) =
            switch schedule.declaration.missed {
            case "skip": ([], .missed)
            case "all:3": (missed.suffix(3), .missed)
            default: (onTime.isEmpty ? missed.suffix(1) : [], .superseded)
            }
        try require(
            firing.ticks.map(\.planned) == kept + onTime, 10,
            "\(firing.schedule) runs \(firing.ticks.map(\.planned.rfc3339)), expected "
                + "\((kept + onTime).map(\.rfc3339)) at \(firing.now.rfc3339)")
        for skip in firing.skips {
            try require(
                skip.reason == reason, 10,
                "\(firing.schedule) left out \(skip.first.rfc3339) as \(skip.reason), expected "
                    + "\(reason)")
        }
    }

    /// Schedules of which planned instants lie behind their cursor and are late.
    func late(at now: Instant) -> [String] {
        schedules.values.filter { schedule in
            !schedule.isPaused
                && !PlannedInstants(schedule.declaration)
                    .after(schedule.cursor, through: now - .seconds(10)).isEmpty
        }.map(\.declaration.name)
    }

    /// Every planned instant since the cursor runs or is left out, and nothing else is.
    private func checkAllDecided(
        _ firing: Firing, _ schedule: Schedule, _ through: Instant
    ) throws(Violation) {
        let planned = PlannedInstants(schedule.declaration).after(firing.after, through: through)
        var ticks = Set(firing.ticks.map(\.planned))
        try require(
            ticks.count == firing.ticks.count, 10, "an instant of \(firing.schedule) runs twice")
        for instant in planned {
            let isRun = ticks.remove(instant) != nil
            let isSkipped = firing.skips.contains { $0.first <= instant && instant <= $0.last }
            try require(
                isRun != isSkipped, 10,
                "\(instant.rfc3339) of \(firing.schedule) "
                    + (isRun ? "runs and is left out" : "was neither run nor left out"))
        }
        try require(
            ticks.isEmpty, 10,
            "\(firing.schedule) ran at \(ticks.first?.rfc3339 ?? ""), which is not planned")
    }
}

/// The planned instants of the simulated app's schedules, found by looking at every minute: slow,
/// and nothing like the product's way.
struct PlannedInstants {
    private let declaration: ScheduleDeclaration

    init(_ declaration: ScheduleDeclaration) { self.declaration = declaration }

    func after(_ start: Instant, through end: Instant) -> [Instant] {
        switch declaration.pattern {
        case .everyMilliseconds(let step):
            return stride(
                from: (start.milliseconds / step + 1) * step, through: end.milliseconds,
                by: Int(step)
            ).map { Instant(milliseconds: $0) }
        case .cron(let pattern):
            let fields = pattern.split(separator: " ")
            let minute = Int64(fields[0])
            let hour = Int64(fields[1])
            return stride(
                from: start.milliseconds / 60_000 + 1, through: end.milliseconds / 60_000, by: 1
            ).filter { number in
                guard let minute, let hour else { return number % 15 == 0 }
                return isFixedTime(hour * 60 + minute, at: number)
            }.map { Instant(milliseconds: $0 * 60_000) }
        }
    }

    /// A fixed time runs at its first showing; where the clock jumps over it, right after the jump.
    private func isFixedTime(_ time: Int64, at minute: Int64) -> Bool {
        let shown = local(minute)
        let before = local(minute - 1) + 1
        if shown > before { return (before...shown).contains { $0 % 1440 == time } }
        guard shown % 1440 == time else { return false }
        // The hour after the clock was set back was shown already.
        return !(1...60).contains { local(minute - $0) >= shown }
    }

    /// What the clock in Berlin shows, in minutes: two hours ahead between the two changes of 2026.
    private func local(_ minute: Int64) -> Int64 {
        let isSummer =
            minute * 60_000 >= Plan.changes[0] && minute * 60_000 < Plan.changes[1]
        return minute + (isSummer ? 120 : 60)
    }
}
