package import Contract
import DequeModule
package import Invocations

/// Claims what is due, runs it, settles it, and again.
///
/// It is one owner's, lives in that owner's isolation, and does nothing by itself: the owner tells
/// it what happened and takes its changes to the store at the end of each turn. It is handed the
/// time, chance and a runner, and sees neither a loop nor a database, so that a simulation runs it
/// as it is.
package final class Dispatcher {
    /// The functions that it runs.
    package let registry: Registry
    let runner: any Runner
    let limits: Limits
    let clock: () -> Instant
    /// A number in 0..<1.
    package let chance: () -> Double
    let changed: () -> Void

    var journal = Journal()
    var slots: Slots
    var attempts: [AttemptNumber: Work] = [:]
    var lastAttempt: UInt32 = 0

    /// The functions that may have something ready.
    var maybeReady: Set<FunctionNumber> = []
    var rotation = Rotation()
    var isClaiming = false
    var isDueLookedAt = false
    /// The last claim got nothing of what it asked for, or was refused: there is none before a slot
    /// comes free, something is said to be ready, or time passes.
    var isClaimFutile = false
    /// Somebody asked to look around while a claim was on its way.
    var looksAroundAgain = false
    /// True once nothing new begins: the host is stopping.
    package internal(set) var isDraining = false
    /// False while nothing from outside may be recorded: the disk is nearly full.
    package var isAccepting = true
    /// True while the store keeps outcomes for later and refuses all else: then the two go to it on
    /// their own, lest a refusal wait for an outcome.
    package var isStoreHeldUp: () -> Bool = { false }
    /// Nothing runs any more; what could run again is given back.
    var isStopped = false
    /// When something that waits is due next; the owner wakes the dispatcher then.
    package internal(set) var nextDueAt: Instant?

    var turns = DocumentTurns()
    var waitingForTurn: [DocumentTurns.Ticket: Work] = [:]
    var lastTicket: UInt64 = 0

    var quarantine = Quarantine()
    var alone = 0
    var waitingAlone: Deque<Work> = []

    /// Steps of the wall clock that the store has not made up for, in order.
    var stepsBack: [StepBack] = []
    var isSteppingBack = false

    /// Callers who wait for their first run.
    var waitingCalls: SlotLines
    /// What ran before and may run again as soon as there is room.
    var waitingAgain: SlotLines
    /// The newest invocation that began.
    var newest: Int64 = 0
    /// Invocations to cancel whose attempt ended and is being settled.
    var stopping: Set<InvocationNumber> = []
    var watchers: [InvocationNumber: (Notice) -> Void] = [:]
    /// Since the host started.
    package internal(set) var counts = Counts()

    /// How long attempts ran, by the function's place.
    package internal(set) var durations: [Histogram]

    /// What is wrong with a schedule that a handler makes; nil for nothing.
    package var scheduleMistake: (ScheduleDeclaration) -> String? = { _ in nil }
    /// What is wrong with a file that a handler sends to a bucket; nil for nothing.
    package var fileMistake: (StagedFile) -> String? = { _ in nil }
    /// Gives committed files their names, in order, and says when that is done.
    package var place: ([Placement], _ done: @escaping () -> Void) -> Void = { _, done in done() }
    /// Told of staged files that nobody commits.
    package var discard: ([StagedFile]) -> Void = { _ in }
    /// The names of staged files that commits on their way to the store name.
    package internal(set) var committing: Set<String> = []
    /// What was claimed and may come of files that are being placed.
    var waitingForFiles: [Work] = []
    /// The functions of which something may come of files that are being placed, and how often.
    var placing: [FunctionNumber: Int] = [:]
    /// Told which schedules a handler's commit changed.
    package var planned: ([Planning]) -> Void = { _ in }

    /// What happened so far, for metrics.
    package struct Counts: Sendable {
        /// Attempts that began.
        package var started = 0
        /// Attempts that succeeded.
        package var succeeded = 0
        /// Attempts whose handler turned its event away for good.
        package var rejected = 0
        /// Attempts whose handler threw, or that asked for what can't be committed.
        package var failed = 0
        /// Attempts that were still running at their timeout.
        package var timedOut = 0
        /// Attempts that ended their worker.
        package var crashed = 0
        /// Attempts that lost a document to another one; uncharged.
        package var conflicted = 0
        /// Attempts that ended through no fault of theirs; uncharged.
        package var interrupted = 0
        /// Calls whose caller waits.
        package var calls = 0
        /// Calls that were turned away, for no slot came free in time.
        package var callsWithoutSlot = 0
        /// Records of failed calls that were dropped under pressure: nothing was promised.
        package var droppedRecords = 0
    }

    /// What a watcher is told when an attempt is settled.
    package struct Notice: Sendable {
        /// What the attempt came to.
        package var outcome: Outcome
        /// What became of its invocation.
        package var settlement: Settlement
        /// What an HTTP function answered.
        package var response: ResponseData?
    }

    private static let durationBounds: [Duration] =
        [1, 2, 5, 10, 25, 50, 100, 250, 500].map { .milliseconds($0) }
        + [1, 2, 5, 10, 30, 60, 300, 900].map { .seconds($0) }

    /// - Parameters:
    ///   - slots: the attempts that may be under way at once.
    ///   - clock: the wall clock.
    ///   - chance: a number in 0..<1, for jitter.
    ///   - changed: called when the owner should take a page at the end of its turn.
    package init(
        registry: Registry, paused: Set<FunctionNumber> = [], runner: any Runner, slots: Int,
        limits: Limits = Limits(), clock: @escaping () -> Instant, chance: @escaping () -> Double,
        changed: @escaping () -> Void
    ) {
        self.registry = registry
        self.runner = runner
        self.limits = limits
        self.clock = clock
        self.chance = chance
        self.changed = changed
        self.slots = Slots(total: slots, functions: registry.functions.map(\.declaration))
        durations = [Histogram](
            repeating: Histogram(bounds: Self.durationBounds), count: registry.functions.count)
        waitingCalls = SlotLines(functions: registry.functions.count)
        waitingAgain = waitingCalls
        for function in registry.functions where paused.contains(function.number) {
            self.slots.setPaused(true, function: function.index)
        }
    }

    /// The attempts under way.
    package var running: Int { attempts.count }

    /// What began and has not ended: under way, or waiting for a turn, a slot or a worker of its own.
    package var held: Int {
        attempts.count + waitingForTurn.count + waitingAgain.count + waitingAlone.count
            + waitingForFiles.count + placing.count
    }

    /// What the store is to be asked at the end of this turn, or nil.
    package func takePage() -> Journal.Page? {
        claimIfUseful()
        guard isStoreHeldUp() else { return journal.takePage() }
        let page = journal.takePage { !$0.isOutcome } ?? journal.takePage()
        if !journal.isEmpty { changed() }
        return page
    }

    /// Adds a change whose answer only the asker needs.
    package func submit(_ change: Change, answered: @escaping (Answer) -> Void) {
        let wasEmpty = journal.isEmpty
        journal.add(change, answered: answered)
        if wasEmpty { changed() }
    }

    /// Writes documents from outside; what wants to know of the changes runs as soon as it can.
    package func write(_ writing: Writing, answered: @escaping (Answer) -> Void) {
        submit(.write(writing)) { [self] answer in
            if case .written(let written) = answer { ready(written.ready) }
            answered(answer)
        }
    }

    /// Records what was found in a bucket; what wants to know of it runs as soon as it can.
    package func announce(_ announcing: Announcing, answered: @escaping (Answer) -> Void) {
        submit(.announce(announcing)) { [self] answer in
            if case .announced(let announced) = answer { ready(announced.ready) }
            answered(answer)
        }
    }

    /// Looks for work of every function: at the start, after a wake-up, and from time to time.
    package func lookAround() {
        looksAroundAgain = isClaiming
        isClaimFutile = false
        maybeReady.formUnion(registry.functions.lazy.map(\.number))
        isDueLookedAt = false
        changed()
    }

    /// Says that something that waited may be due; the next claim finds out what is due after it.
    package func due() {
        nextDueAt = nil
        isDueLookedAt = false
        isClaimFutile = false
        changed()
    }

    /// Says that something waits until `instant`.
    func waits(until instant: Instant) {
        if let nextDueAt, nextDueAt <= instant { return }
        nextDueAt = instant
        changed()
    }

    /// Says that these have something ready.
    package func ready(_ functions: some Sequence<FunctionNumber>) {
        var isNews = false
        for function in functions where registry[function] != nil {
            isNews = maybeReady.insert(function).inserted || isClaimFutile || isNews
        }
        guard isNews else { return }
        isClaimFutile = false
        changed()
    }
}
