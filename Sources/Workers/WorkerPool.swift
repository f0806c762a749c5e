package import Contract
import DequeModule
package import EventLoop
package import Invocations

/// Runs attempts in supervised worker processes.
///
/// The pool keeps `settings.count` workers; each runs many attempts at a time, and the least loaded
/// gets the next. What is suspected of ending workers runs apart, one attempt a process. A worker
/// that dies, lies, is silent, too large or too old is replaced, and its attempts are told how
/// they ended.
@LoopActor
package final class WorkerPool {
    /// Fixed for the pool's life.
    package let settings: WorkerSettings
    let now: @Sendable () -> Instant
    let hooks: Hooks

    /// What the pool tells, and asks.
    package struct Hooks {
        /// An attempt ended; called once for each that was run.
        package var ended: @LoopActor (AttemptEnd) -> Void
        /// A handler reads; the answer may come at any later time.
        package var asked: @LoopActor (WorkerRead, @escaping @LoopActor (HostReply) -> Void) -> Void
        /// A line that a handler logged.
        package var logged: @LoopActor (AttemptNumber, WorkerLog, _ worker: Int32) -> Void
        /// Something that the host's log should say.
        package var noted: @LoopActor (Note) -> Void
        /// A worker is gone, and all that it ran was told how it ended.
        package var gone: @LoopActor (_ worker: Int32) -> Void

        /// Each of them is called on the loop.
        package init(
            ended: @escaping @LoopActor (AttemptEnd) -> Void,
            asked:
                @escaping @LoopActor (WorkerRead, @escaping @LoopActor (HostReply) -> Void) -> Void,
            logged: @escaping @LoopActor (AttemptNumber, WorkerLog, _ worker: Int32) -> Void,
            noted: @escaping @LoopActor (Note) -> Void,
            gone: @escaping @LoopActor (_ worker: Int32) -> Void = { _ in }
        ) {
            self.ended = ended
            self.asked = asked
            self.logged = logged
            self.noted = noted
            self.gone = gone
        }
    }

    /// A fact for the log.
    package struct Note: Sendable, Equatable {
        /// How much somebody should care.
        package enum Level: Sendable { case info, warning, error }

        /// Warning: someone should look; error: someone must.
        package var level: Level
        /// Constant for one kind of fact.
        package var message: String
        /// The worker's process identifier, 0 where none is meant.
        package var worker: Int32
        /// What else is known, such as how it ended.
        package var detail: String?
    }

    var workers: [Worker] = []
    var apart: [Worker] = []
    /// The one of `workers` that was given something in this turn of the loop.
    var favourite: Worker?
    var waiting: Deque<Assignment> = []
    var waitingApart: Deque<Assignment> = []
    private let poolRestarts = Restarts()
    private let apartRestarts = Restarts()
    /// Why the last worker could not be started, or ended at once; nil once another one is up.
    package internal(set) var trouble: String?
    private let sweepTimer = LoopTimer()
    var lastSweep = LoopActor.uptimeNanoseconds
    var manifest: [UInt8]?
    var welcome: Welcome?
    var starting: CheckedContinuation<[UInt8], any Error>?
    var held: Worker?
    private(set) var isStopping = false
    /// Workers that ended, though nobody wanted them to.
    package internal(set) var deaths = 0

    /// Starts no worker yet. Whoever makes the pool closes it.
    package init(settings: WorkerSettings, now: @escaping @Sendable () -> Instant, hooks: Hooks) {
        self.settings = settings
        self.now = now
        self.hooks = hooks
        sweepTimer.schedule(after: .seconds(1), repeating: true) { [unowned self] in sweep() }
    }

    /// Starts the first worker and answers with its manifest, as JSON; it runs nothing before `open`.
    ///
    /// - Throws: `WorkerError`, where the app can't be started or refuses.
    package func start() async throws -> [UInt8] {
        precondition(manifest == nil, "a pool starts once")
        return try await withCheckedThrowingContinuation { continuation in
            starting = continuation
            startWorker(isApart: false)
        }
    }

    /// Lets the workers run, and starts those that are missing.
    package func open(_ welcome: Welcome) {
        self.welcome = welcome
        if let held { self.welcomed(held, welcome) }
        held = nil
        keepCount()
    }

    /// Workers that can run something.
    package var readyCount: Int { workers.count { $0.state == .ready } }

    /// All workers, for people.
    package var views: [WorkerView] {
        (workers + apart).map {
            WorkerView(
                pid: $0.pid, state: $0.state, isApart: $0.isApart, inside: $0.inside.count,
                runs: $0.runs,
                startedAt: $0.startedAt, residentBytes: $0.residentBytes)
        }
    }

    /// The body of a response that was handed on, or nil where there is none any more.
    package func body(of attempt: AttemptNumber) -> WorkerBody? {
        for worker in workers + apart {
            if let body = worker.bodies[attempt.rawValue] { return body }
        }
        return nil
    }

    /// Leaves what workers say in their sockets, until `resumeReading`.
    package func pauseReading() {
        for worker in workers + apart { worker.pauseReading() }
    }

    /// Goes on to read what workers say.
    package func resumeReading() {
        for worker in workers + apart { worker.resumeReading() }
    }

    /// Ends all workers: those without work at once, the others killed.
    package func close() {
        isStopping = true
        sweepTimer.close()
        poolRestarts.close()
        apartRestarts.close()
        for worker in workers + apart { worker.close() }
        workers = []
        apart = []
        favourite = nil
    }

    func restarts(isApart: Bool) -> Restarts { isApart ? apartRestarts : poolRestarts }

    func attemptEnded(_ end: AttemptEnd) {
        hooks.ended(end)
        placeWaiting()
    }

    func asked(_ worker: Worker, _ id: UInt32, _ number: UInt64, _ question: WorkerRead) {
        hooks.asked(question) { reply in
            worker.send(.reply, id) { reply.append(number: number, to: &$0) }
        }
    }

    func logged(_ id: UInt32, _ line: WorkerLog, by worker: Worker) {
        hooks.logged(AttemptNumber(id), line, worker.pid)
    }

    func printed(_ line: String, by worker: Worker, isError: Bool) {
        note(
            .info, isError ? "worker wrote to standard error" : "worker wrote to standard output",
            worker, line)
    }

    func note(_ level: Note.Level, _ message: String, _ worker: Worker, _ detail: String? = nil) {
        hooks.noted(Note(level: level, message: message, worker: worker.pid, detail: detail))
    }
}

extension WorkerPool: @LoopActor Runner {
    /// Gives it to a worker that has room, or lets it wait for one.
    package func run(_ assignment: Assignment) { place(assignment) }

    /// Lets go of a body that nobody will be sent; the worker is told to stop.
    package func dropBody(of attempt: AttemptNumber) { body(of: attempt)?.abandon() }

    /// Forgets what waits for a worker and is wanted back.
    package func takeBack(_ isWanted: (AttemptNumber) -> Bool) -> [AttemptNumber] {
        let taken = (waiting + waitingApart).map(\.attempt).filter(isWanted)
        for attempt in taken { _ = removeWaiting(attempt) }
        return taken
    }

    /// Ends what waits at once, as cancelled; asks the handler of what runs to stop.
    package func cancel(_ attempt: AttemptNumber) {
        if removeWaiting(attempt) {
            let report = Report(outcome: .interrupted(.cancelled), beganAt: now(), duration: .zero)
            return hooks.ended(AttemptEnd(attempt: attempt, report: report, worker: 0))
        }
        for worker in workers + apart where worker.inside[attempt.rawValue] != nil {
            worker.send(.cancel, attempt.rawValue) { _ in }
        }
    }
}
