import Contract
import Invocations

extension MemoryState {
    struct Schedule {
        var row: ScheduleRow
        /// The invocation of its last tick.
        var lastTick: Int64?
        var firings: [FiringRow] = []
    }

    mutating func plan(_ planning: Planning) -> Answer {
        if case .fire(let firing) = planning { return fire(firing) }
        if let refusal = refusal(of: planning) { return .refused(refusal) }
        apply(planning)
        switch planning {
        case .set(let declaration, _): return planned(declaration.name)
        case .remove(let name), .pause(let name, _, _): return planned(name)
        case .declare, .fire: return .planned(Planned())
        }
    }

    /// Why a schedule can't be made or removed, if it can't.
    func refusal(of planning: Planning) -> Refusal? {
        switch planning {
        case .set(let declaration, _):
            guard let row = schedules[Array(declaration.name.utf8)]?.row, row.isDeclared,
                !row.isRetired
            else { return nil }
            return .isDeclared(schedule: declaration.name)
        case .remove(let name):
            guard let row = schedules[Array(name.utf8)]?.row else { return .unknownSchedule(name) }
            return row.isDeclared && !row.isRetired ? .isDeclared(schedule: name) : nil
        case .pause(let name, _, _):
            return schedules[Array(name.utf8)] == nil ? .unknownSchedule(name) : nil
        case .declare, .fire: return nil
        }
    }

    mutating func apply(_ planning: Planning) {
        switch planning {
        case .declare(let declarations, let now):
            for declaration in declarations { put(declaration, isDeclared: true, now) }
            let declared = Set(declarations.map { Array($0.name.utf8) })
            for name in schedules.keys
            where schedules[name]!.row.isDeclared && !declared.contains(name) {
                schedules[name]!.row.isRetired = true
            }
        case .set(let declaration, let now): put(declaration, isDeclared: false, now)
        case .remove(let name): schedules[Array(name.utf8)] = nil
        case .pause(let name, let isPaused, let now): pause(Array(name.utf8), isPaused, now)
        case .fire: preconditionFailure("a firing is applied on its own")
        }
    }

    private mutating func put(_ declaration: ScheduleDeclaration, isDeclared: Bool, _ now: Instant)
    {
        let name = Array(declaration.name.utf8)
        guard var schedule = schedules[name] else {
            schedules[name] = Schedule(
                row: ScheduleRow(
                    declaration: declaration, isDeclared: isDeclared, since: now, cursor: now))
            return
        }
        if schedule.row.isRetired || !schedule.row.hasTimes(of: declaration) {
            schedule.row.cursor = max(now, schedule.row.cursor)
        }
        schedule.row.declaration = declaration
        schedule.row.isDeclared = isDeclared
        schedule.row.isRetired = false
        schedules[name] = schedule
    }

    private mutating func pause(_ name: [UInt8], _ isPaused: Bool, _ now: Instant) {
        var schedule = schedules[name]!
        if schedule.row.isPaused, !isPaused, schedule.row.cursor < now {
            let first = schedule.row.cursor + .milliseconds(1)
            schedule.firings.append(FiringRow(first: first, last: now, reason: .paused))
            schedule.row.cursor = now
        }
        schedule.row.isPaused = isPaused
        schedules[name] = schedule
    }

    private func planned(_ name: String) -> Answer {
        .planned(Planned(row: schedules[Array(name.utf8)]?.row))
    }

    // MARK: firing

    private mutating func fire(_ firing: Firing) -> Answer {
        let name = Array(firing.schedule.utf8)
        guard let found = schedules[name], !found.row.isRetired else {
            return .refused(.unknownSchedule(firing.schedule))
        }
        let isOpen = !found.row.isPaused && found.row.cursor == firing.after
        guard firing.through == nil || isOpen else {
            return .refused(.firedMeanwhile(schedule: firing.schedule))
        }
        let max =
            firing.ticks.contains { $0.record.comesFromOutside }
            ? limits.backlogMax : 2 * limits.backlogMax
        guard firing.ticks.isEmpty || owed.count + firing.ticks.count <= max else {
            return .refused(.backlogFull(max: max))
        }
        var schedule = found
        var answer = Planned()
        schedule.firings += firing.skips.map {
            FiringRow(first: $0.first, last: $0.last, reason: $0.reason)
        }
        for tick in firing.ticks {
            answer.recorded.append(fire(tick, firing, &schedule, &answer))
        }
        if let through = firing.through { schedule.row.cursor = through }
        schedules[name] = schedule
        answer.cursor = schedule.row.cursor
        answer.lastFired = schedule.row.lastFired
        return .planned(answer)
    }

    private mutating func fire(
        _ tick: PlannedTick, _ firing: Firing, _ schedule: inout Schedule, _ answer: inout Planned
    ) -> Recorded? {
        var row = FiringRow(first: tick.planned, last: tick.planned)
        defer { schedule.firings.append(row) }
        if firing.overlap == .skip, !makesWay(schedule.lastTick, firing.now, &answer) {
            row.reason = .overlap
            return nil
        }
        let recorded = insert(tick.record, mayStart: true)
        row.event = recorded.event
        schedule.lastTick = InvocationNumber(event: recorded.number, ordinal: 0).rawValue
        schedule.row.lastFired = tick.planned
        answer.ready.formUnion(recorded.ready)
        for owed in tick.record.owed {
            guard case .at(let due) = owed.start else { continue }
            answer.dueAt = min(answer.dueAt ?? due, due)
        }
        return recorded
    }

    private mutating func makesWay(_ number: Int64?, _ now: Instant, _ answer: inout Planned)
        -> Bool
    {
        guard let number, var row = invocations[number], row.state.isOwed else { return true }
        guard row.state != .running else { return false }
        row.state = .cancelled
        row.error = Skip.Reason.superseded.rawValue
        row.finishedAt = now
        put(row)
        answer.ready.formUnion(passOn(from: row))
        return true
    }

    // MARK: reading

    func schedules(after: String?, limit: Int) -> [ScheduleRow] {
        let start = Array((after ?? "").utf8)
        return schedules.filter { start.lexicographicallyPrecedes($0.key) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .prefix(limit).map(\.value.row)
    }

    func firings(of schedule: String, limit: Int) -> [FiringRow] {
        let firings = schedules[Array(schedule.utf8)]?.firings ?? []
        return firings.suffix(limit).reversed()
    }
}
