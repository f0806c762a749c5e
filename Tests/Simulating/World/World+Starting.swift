import Contract
import Dispatching
import Intake
import Invocations

/// How a host starts: the store, what an earlier one left, functions, files, schedules.
extension World {
    nonisolated(nonsending) func boot() async throws(Violation) {
        guard host == nil else { return }
        do {
            try await disk.reopen()
        } catch {
            throw Violation(invariant: 9, text: "the store does not open again: \(error)")
        }
        try await checkPromises()
        try await compare()
        if endsEarly(0) { return }
        let declarations = Role.declarations
        let registration = Registration(
            functions: declarations, triggers: Role.triggers, now: now)
        let answers = try await take([.register(registration)], askedAt: now)
        guard case .registered(let registered) = answers.first else {
            throw Violation(invariant: 9, text: "a host can't start: \(answers)")
        }
        if endsEarly(1) { return }
        let runner = ScriptedRunner { [unowned self] in begin($0, $1) }
        let dispatcher = Dispatcher(
            registry: Registry(
                declarations: declarations, triggers: Role.triggers, rows: registered.functions),
            paused: Set(registered.functions.filter(\.isPaused).map(\.number)), runner: runner,
            slots: 12, limits: limits, clock: { [unowned self] in now },
            chance: { [unowned self] in draw() }, changed: { [unowned self] in isAsked = true })
        dispatcher.isStoreHeldUp = { [unowned self] in uptime < fullUntil }
        let host = makeHost(dispatcher, runner)
        self.host = host
        note("host \(host.number) starts, \(registered.recovered) taken back")
        disturb()
        try await finishRenames(host)
        guard self.host != nil else { return }
        try await followSchedules(host)
        dispatcher.lookAround()
        for pause in [30, 100, 400] where !late.isEmpty { outside(Int64(pause), .aside(late)) }
        late = []
        find(Array(Set(bucket.keys).union(model.files.keys)).sorted())
    }

    /// One start in a dozen or so goes no further than this phase of it.
    private func endsEarly(_ phase: Int) -> Bool {
        guard !isDraining, chance.below(40, .phase, UInt64(uptime), phase) == 0 else {
            return false
        }
        cutStarts += 1
        note("a host ends while it starts, phase \(phase)")
        if host == nil { outside(3_000, .boot) } else { killHost("while it starts") }
        return true
    }

    /// Whatever a source was told is there, or was forgotten in its time.
    nonisolated(nonsending) func checkPromises() async throws(Violation) {
        let kept = Set(try await list().map { $0.number.rawValue >> 12 })
        for id in accepted where !kept.contains(id.number) && !model.forgotten.contains(id.number) {
            // What nobody subscribes to has its event and no row.
            guard case .event(let event) = try await read(.event(id)) else { continue }
            try require(
                event != nil || id.instant < model.forgottenBefore, 1,
                "event \(id.number) was accepted, and is not there")
        }
    }

    private nonisolated(nonsending) func finishRenames(
        _ host: SimulatedHost
    ) async throws(Violation) {
        guard
            case .placements(let rows) = try await read(.placements(after: 0, limit: 100_000))
        else { return }
        for (index, row) in rows.enumerated() {
            if index == rows.count / 2, endsEarly(2) { return }
            place(row)
        }
        host.placedThrough = rows.last?.number ?? 0
        // Nobody committed what is left.
        staged = []
        host.dispatcher.place = { [unowned self] placements, done in
            beginRename(placements, done)
        }
        host.dispatcher.discard = { [unowned self] files in
            for file in files { staged.remove(file.name) }
        }
    }

    private nonisolated(nonsending) func followSchedules(
        _ host: SimulatedHost
    ) async throws(Violation) {
        try await take([.plan(.declare(Role.schedules, now: now))], askedAt: now)
        guard case .schedules(let rows) = try await read(.schedules(after: nil, limit: 100)) else {
            return
        }
        for row in rows { try follow(row, host) }
        lookAtSchedules(in: 0)
    }

    func follow(_ row: ScheduleRow, _ host: SimulatedHost) throws(Violation) {
        do {
            let rule = try row.declaration.rule { [zone] in $0 == "UTC" ? .utc : zone }
            host.schedules[row.declaration.name] = SimulatedHost.Followed(row, rule)
        } catch {
            throw Violation(invariant: 10, text: "\(error)")
        }
    }

    nonisolated(nonsending) func read(_ query: Query) async throws(Violation) -> Page {
        do {
            return try await disk.store.read(query)
        } catch {
            throw Violation(invariant: 9, text: "the store does not read: \(error)")
        }
    }

    // MARK: the end

    /// Nothing goes wrong any more, and nothing comes from outside: all that is owed ends.
    nonisolated(nonsending) func drain() async throws(Violation) {
        stopTrouble()
        note("nothing comes any more; what is owed ends")
        try await runAgenda { self.host == nil || self.host?.isBroken == true }
        try await checkSchedulesGoOn()
        guard let host else { return }
        for name in host.schedules.keys.sorted() { pauseSchedule(name, true) }
        for role in Role.allCases { setPaused(role, false) }
        let last = uptime + 172_800_000
        var lookedAt = uptime
        endTurn()
        try await runAgenda {
            let isLooked = self.uptime - lookedAt < 1_000
            if !isLooked { lookedAt = self.uptime }
            return self.uptime < last && (isLooked || !self.model.owed.isEmpty)
        }
        if let number = model.owed.first {
            let row = model.rows[number]!
            throw Violation(
                invariant: 9,
                text: "two days later \(model.name(row)) is still \(row.state.name)")
        }
        try await compare()
        try await compareHistories()
        try await checkPromises()
    }

    /// Nothing is in the way of schedules: none is late a minute later, nor still two after that.
    private nonisolated(nonsending) func checkSchedulesGoOn() async throws(Violation) {
        var late = Set(host?.schedules.keys.map { $0 } ?? [])
        for minutes in [1, 2] as [Int64] {
            let end = uptime + minutes * 60_000
            // Something to look at, so that time comes to its end.
            outside(minutes * 60_000, .nothing)
            try await runAgenda { self.uptime < end }
            late.formIntersection(model.late(at: now))
        }
        try require(late.isEmpty, 10, "\(late.sorted()) fire no more")
    }
}
