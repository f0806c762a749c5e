import Contract
import Dispatching
import EventLoop
import Invocations
import Workers

/// Turns the dispatcher: takes its changes to the store once a turn, and tells it the time.
@LoopActor
final class Engine: TurnEnd {
    let store: any Store
    private let limits: Limits
    private let now: @Sendable () -> Instant
    private var dispatcher: Dispatcher?
    private var pool: WorkerPool?
    private var isRegistered = false
    private let dueTimer = LoopTimer()
    private let tickTimer = LoopTimer()
    private var wakes: Task<Void, Never>?
    /// The changes that the store has and has not answered.
    private(set) var outstanding = 0
    private var isHoldingWorkers = false
    private var ticks = 0
    private var steps = ClockSteps()
    private var isPruning = false
    /// A step of indexes was refused: it is tried again at the next tick.
    private var isIndexLate = false
    private var isStopping = false
    private var isClosed = false
    /// Forgotten so far; dead letters are said so.
    private(set) var prunedDead = 0
    var noted: @LoopActor (_ message: String, _ fields: [String: String]) -> Void = { _, _ in }

    /// How often every function is looked at, should a wake-up have been lost.
    private static let lookAroundTicks = 5
    /// The documents of one step of an index.
    private static let indexRowsMax = 500

    init(store: any Store, limits: Limits, now: @escaping @Sendable () -> Instant) {
        self.store = store
        self.limits = limits
        self.now = now
    }

    /// Called by the dispatcher when it has something for the store.
    func changed() {
        guard !isRegistered, !isClosed else { return }
        isRegistered = true
        LoopActor.atTurnEnd(self)
    }

    func start(_ dispatcher: Dispatcher, _ pool: WorkerPool) {
        self.dispatcher = dispatcher
        self.pool = pool
        tickTimer.schedule(after: .seconds(1), repeating: true) { [weak self] in self?.tick() }
        wakes = Task { [weak self, wakes = store.wakes] in
            for await _ in wakes { self?.dispatcher?.lookAround() }
        }
        dispatcher.lookAround()
        index()
    }

    /// Fills new indexes in small steps, one after the other, so that nobody waits long behind one.
    private func index() {
        guard !isStopping, !isClosed, let dispatcher else { return }
        dispatcher.submit(.index(rowsMax: Self.indexRowsMax)) { [self] answer in
            switch answer {
            case .indexed(let hasMore): if hasMore { index() }
            case .refused: isIndexLate = true
            default: preconditionFailure("a step of indexes is taken or refused")
            }
        }
    }

    /// Takes no step any more that nobody waits for: indexes and pruning go on at the next start.
    func stopBackground() { isStopping = true }

    func close() {
        isClosed = true
        wakes?.cancel()
        dueTimer.close()
        tickTimer.close()
    }

    func turnEnds() {
        isRegistered = false
        guard let dispatcher else { return }
        if let page = dispatcher.takePage() {
            outstanding += page.changes.count
            holdWorkers()
            Task.immediate(executorPreference: LoopActor.executor) {
                let answers = await store.commit(page.changes)
                outstanding -= page.changes.count
                holdWorkers()
                page.deliver(answers)
            }
        }
        scheduleDue(dispatcher)
    }

    /// Leaves the workers' outcomes in their sockets while the store has more than it can take.
    private func holdWorkers() {
        if !isHoldingWorkers, outstanding > limits.storeQueueChangesMax / 2 {
            isHoldingWorkers = true
            pool?.pauseReading()
        } else if isHoldingWorkers, outstanding < limits.storeQueueChangesMax / 4 {
            isHoldingWorkers = false
            pool?.resumeReading()
        }
    }

    private var dueAt: Instant?

    private func scheduleDue(_ dispatcher: Dispatcher) {
        guard dueAt != dispatcher.nextDueAt, !isClosed else { return }
        dueAt = dispatcher.nextDueAt
        guard let dueAt else { return dueTimer.cancel() }
        // A wall clock may jump, so it is looked at once a second whatever the timer says.
        let delay = min(max(dueAt - now(), .zero), .seconds(1))
        dueTimer.schedule(after: delay) { [weak self] in self?.looksDue() }
    }

    private func looksDue() {
        guard let dispatcher, let due = dueAt else { return }
        dueAt = nil
        if due <= now() { dispatcher.due() } else { scheduleDue(dispatcher) }
    }

    private func tick() {
        guard let dispatcher else { return }
        ticks += 1
        if let step = steps.step(wall: now(), uptimeNanoseconds: LoopActor.uptimeNanoseconds) {
            noted(
                "the wall clock was set back; what waits goes on waiting as long as it would have",
                ["seconds": "\(step.milliseconds / 1000)"])
            dispatcher.steppedBack(step)
        }
        dispatcher.tick()
        if isIndexLate {
            isIndexLate = false
            index()
        }
        if ticks % Self.lookAroundTicks == 0 { dispatcher.lookAround() }
        prune()
    }

    private func prune() {
        guard !isPruning, !isStopping, !isClosed, let dispatcher else { return }
        isPruning = true
        let now = now()
        let pruning = Pruning(
            historyBefore: now - limits.historyKept, deadBefore: now - limits.deadKept,
            historyBytesMax: limits.historyBytesMax, deadBytesMax: limits.deadBytesMax, now: now,
            timeMax: limits.pruneSlice)
        dispatcher.submit(.prune(pruning)) { [self] answer in
            isPruning = false
            guard case .pruned(let pruned) = answer else { return }
            if pruned.dead > 0 {
                prunedDead += pruned.dead
                noted("dead letters forgotten", ["count": "\(pruned.dead)"])
            }
            if pruned.hasMore { prune() }
        }
    }
}
