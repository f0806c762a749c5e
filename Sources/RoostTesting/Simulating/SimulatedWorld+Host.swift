import Contract
import Cron
import Dispatching
import FoundationEssentials
import Intake
import Invocations
import Roost

/// The host of a simulation: how it starts, ends, and takes its changes to the store.
extension SimulatedWorld {
    func boot() async throws {
        generation += 1
        store = store.reopened()
        reading.set(store)
        let manifest = app.manifest
        let registration = Invocations.Registration(
            functions: manifest.functions, triggers: manifest.triggers, indexes: manifest.indexes,
            now: clock)
        guard case .registered(let registered) = await store.commit([.register(registration)])[0]
        else { preconditionFailure("a registration is registered") }
        let runner = HandlerRunner { [unowned self] in
            later(.milliseconds(1), .handle($0))
        }
        let dispatcher = Dispatcher(
            registry: Registry(
                declarations: manifest.functions, triggers: manifest.triggers,
                rows: registered.functions),
            paused: Set(registered.functions.filter(\.isPaused).map(\.number)), runner: runner,
            slots: limits.slotsPerWorker, limits: limits, clock: { [unowned self] in clock },
            chance: { [unowned self] in draw() }, changed: { [unowned self] in isAsked = true })
        self.dispatcher = dispatcher
        routes = []
        for trigger in manifest.triggers {
            guard
                let route = HTTPTrigger(trigger, registry: dispatcher.registry, limits: limits)
            else { continue }
            routes.append(route)
        }
        (dueAt, tickAt) = (nil, nil)
        try await placeLeft(dispatcher)
        try await followSchedules(manifest.schedules)
        dispatcher.lookAround()
    }

    /// What an earlier host committed and did not place.
    private func placeLeft(_ dispatcher: Dispatcher) async throws {
        guard
            case .placements(let left) = try await store.read(.placements(after: 0, limit: .max))
        else { preconditionFailure("placements were asked for") }
        dispatcher.place = { [unowned self] placements, done in
            place(placements)
            done()
        }
        place(left)
    }

    private func place(_ placements: [Placement]) {
        for placement in placements {
            do {
                try buckets.place(placement.file)
            } catch {
                lines.add("error: \(placement.file.key) can't be placed: \(error)")
            }
            placedThrough = max(placedThrough, placement.number)
            look(at: placement.file.key, in: placement.file.bucket)
        }
    }

    private func followSchedules(_ declarations: [ScheduleDeclaration]) async throws {
        _ = await store.commit([.plan(.declare(declarations, now: clock))])
        guard case .schedules(let rows) = try await store.read(.schedules(after: nil, limit: .max))
        else { preconditionFailure("schedules were asked for") }
        for row in rows { try follow(row) }
        dispatcher?.planned = { [unowned self] _ in later(.zero, .schedules) }
        later(.zero, .schedules)
    }

    private func follow(_ row: ScheduleRow) throws {
        let rule = try row.declaration.rule { try Zone.ofMachine($0) }
        schedules[row.declaration.name] = Followed(row, rule)
    }

    /// Its process is gone; the next one starts at once.
    func killHost() async throws {
        dispatcher = nil
        try await boot()
    }

    /// Lets everything go.
    func end() {
        dispatcher = nil
        buckets.removeAll()
    }

    // MARK: turns

    /// Does all that happens up to a time.
    func run(until end: Instant) async throws {
        try await endTurn()
        while let next = agenda.min, next.at <= end {
            agenda.removeMin()
            clock = max(clock, next.at)
            guard next.generation == nil || next.generation == generation else { continue }
            try await perform(next.job)
            try await endTurn()
        }
    }

    private func perform(_ job: Job) async throws {
        switch job {
        case .handle(let assignment): try await handle(assignment)
        case .end(let end): dispatcher?.ended(end)
        case .schedules: try await lookAtSchedules()
        case .due: lookDue()
        case .tick:
            tickAt = nil
            dispatcher?.tick()
            prune()
        case .find(let bucket, let key): try find(key, in: bucket)
        }
    }

    /// Takes the dispatcher's changes to the store until it has no more.
    private func endTurn() async throws {
        while isAsked {
            isAsked = false
            if let page = dispatcher?.takePage() { try await commit(page) }
        }
        guard let dispatcher else { return }
        if dueAt != dispatcher.nextDueAt {
            dueAt = dispatcher.nextDueAt
            if let dueAt { at(dueAt, .due) }
        }
        let tick = clock + (dispatcher.held > 0 ? .seconds(1) : .hours(6))
        if tickAt ?? .distantFuture > tick {
            tickAt = tick
            at(tick, .tick)
        }
    }

    private func commit(_ page: Journal.Page) async throws {
        switch crash(at: page.changes) {
        case .before: try await killHost()
        case .after:
            _ = await store.commit(page.changes)
            try await killHost()
        case nil: page.deliver(await store.commit(page.changes))
        }
    }

    private enum Crash { case before, after }

    /// Each invocation's end is met twice: before it is on the disk, then after it.
    private func crash(at changes: [Change]) -> Crash? {
        // What comes from outside would not know whether it was taken.
        guard faults.contains(.crashAtEveryCommit), !changes.contains(where: \.isFromOutside) else {
            return nil
        }
        for case .settle(let settling) in changes {
            let number = settling.held.invocation.rawValue
            let count = killedAt[number, default: 0]
            guard count < 2 else { continue }
            killedAt[number] = count + 1
            return count == 0 ? .before : .after
        }
        return nil
    }

    private func lookDue() {
        guard let dispatcher, let due = dispatcher.nextDueAt else { return }
        if due <= clock { dispatcher.due() } else { at(due, .due) }
    }

    private func prune() {
        let pruning = Pruning(
            historyBefore: clock - limits.historyKept, deadBefore: clock - limits.deadKept,
            historyBytesMax: limits.historyBytesMax, deadBytesMax: limits.deadBytesMax, now: clock,
            timeMax: limits.pruneSlice)
        dispatcher?.submit(.prune(pruning)) { _ in }
    }

    // MARK: schedules

    private func lookAtSchedules() async throws {
        guard let dispatcher else { return }
        guard case .schedules(let rows) = try await store.read(.schedules(after: nil, limit: .max))
        else { preconditionFailure("schedules were asked for") }
        let names = Set(rows.map(\.declaration.name))
        schedules = schedules.filter { names.contains($0.key) }
        for row in rows where schedules[row.declaration.name]?.row != row { try follow(row) }
        for name in schedules.keys.sorted() {
            guard let followed = schedules[name], let next = followed.next, next <= clock else {
                continue
            }
            guard
                let firing = followed.rule.firing(
                    of: followed.row, dispatcher.registry, now: clock, chance: { self.draw() })
            else { continue }
            dispatcher.plan(.fire(firing)) { [unowned self] _ in later(.zero, .schedules) }
            schedules[name]?.next = nil
        }
        if let next = schedules.values.compactMap(\.next).min() { at(next, .schedules) }
    }
}

/// Hands attempts on to the world that runs their handlers.
private final class HandlerRunner: Runner {
    private let begin: (Assignment) -> Void

    init(begin: @escaping (Assignment) -> Void) { self.begin = begin }

    func run(_ assignment: Assignment) { begin(assignment) }

    /// A simulated handler takes no time in which it could be stopped.
    func cancel(_ attempt: AttemptNumber) {}
}

extension Change {
    fileprivate var isFromOutside: Bool {
        switch self {
        case .record, .conclude, .write, .announce: true
        case .claim, .settle, .release, .retry, .cancel, .pause, .register, .plan, .prune,
            .stepBack, .index:
            false
        }
    }
}

extension Zone {
    /// The zone of an IANA name, from the machine's tzdata.
    fileprivate static func ofMachine(_ name: String) throws -> Zone {
        if name == "UTC" { return .utc }
        let url = URL(filePath: "/usr/share/zoneinfo").appending(path: name)
        return try Zone(name: name, tzif: Array(try Data(contentsOf: url)))
    }
}
