import Contract
import Dispatching
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
        (dueAt, tickAt, schedulesAt) = (nil, nil, nil)
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
        case .tick: tick()
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

    /// The first two ends of each invocation's attempts are met: one before it is on the disk, one
    /// after it.
    private func crash(at changes: [Change]) -> Crash? {
        // Who is outside would not know whether it was taken. No end is spared by that: a turn does
        // one thing, so its commit holds either an invocation's end or what comes from outside.
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
        guard let dueAt, dueAt <= clock else { return }
        dispatcher?.due()
    }

    private func tick() {
        guard let tickAt, tickAt <= clock else { return }
        self.tickAt = nil
        dispatcher?.tick()
        if clock - prunedAt >= .hours(1) { prune() }
    }

    /// Goes through the whole store, for that is in memory: not at each tick of a busy host.
    private func prune() {
        prunedAt = clock
        let pruning = Pruning(
            historyBefore: clock - limits.historyKept, deadBefore: clock - limits.deadKept,
            historyBytesMax: limits.historyBytesMax, deadBytesMax: limits.deadBytesMax, now: clock,
            timeMax: limits.pruneSlice)
        dispatcher?.submit(.prune(pruning)) { _ in }
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
