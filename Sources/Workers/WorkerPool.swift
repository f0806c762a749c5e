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
    package let settings: WorkerSettings
    let now: @Sendable () -> Instant
    private let hooks: Hooks

    /// What the pool tells, and asks.
    package struct Hooks {
        package var ended: @LoopActor (AttemptEnd) -> Void
        /// A handler reads; the answer may come at any later time.
        package var asked: @LoopActor (WorkerRead, @escaping @LoopActor (HostReply) -> Void) -> Void
        /// A line that a handler logged.
        package var logged: @LoopActor (AttemptNumber, WorkerLog, _ worker: Int32) -> Void
        /// Something that the host's log should say.
        package var noted: @LoopActor (Note) -> Void

        package init(
            ended: @escaping @LoopActor (AttemptEnd) -> Void,
            asked: @escaping @LoopActor (WorkerRead, @escaping @LoopActor (HostReply) -> Void) -> Void,
            logged: @escaping @LoopActor (AttemptNumber, WorkerLog, _ worker: Int32) -> Void,
            noted: @escaping @LoopActor (Note) -> Void
        ) {
            self.ended = ended
            self.asked = asked
            self.logged = logged
            self.noted = noted
        }
    }

    /// A fact for the log.
    package struct Note: Sendable, Equatable {
        package enum Level: Sendable { case info, warning, error }

        package var level: Level
        /// Constant for one kind of fact.
        package var message: String
        package var worker: Int32
        package var detail: String?
    }

    var workers: [Worker] = []
    var apart: [Worker] = []
    private var waiting: Deque<Assignment> = []
    private var waitingApart: Deque<Assignment> = []
    var backoff = RestartBackoff()
    private var restart: LoopTimer?
    private let sweepTimer = LoopTimer()
    var lastSweep = LoopActor.uptimeNanoseconds
    var manifest: [UInt8]?
    var welcome: Welcome?
    private var starting: CheckedContinuation<[UInt8], any Error>?
    private var held: Worker?
    private(set) var isStopping = false
    /// Workers that ended, though nobody wanted them to.
    package private(set) var deaths = 0

    package init(settings: WorkerSettings, now: @escaping @Sendable () -> Instant, hooks: Hooks) {
        self.settings = settings
        self.now = now
        self.hooks = hooks
        sweepTimer.schedule(after: .seconds(1), repeating: true) { [weak self] in self?.sweep() }
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
                pid: $0.pid, state: $0.state, isApart: $0.isApart, inside: $0.inside.count, runs: $0.runs,
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

    package func resumeReading() {
        for worker in workers + apart { worker.resumeReading() }
    }

    /// Ends all workers: those without work at once, the others killed.
    package func close() {
        isStopping = true
        sweepTimer.close()
        restart?.close()
        restart = nil
        for worker in workers + apart { worker.close() }
        workers = []
        apart = []
    }

    func attemptEnded(_ end: AttemptEnd) {
        hooks.ended(end)
        placeWaiting()
    }

    func asked(_ worker: Worker, _ id: UInt32, _ number: UInt64, _ question: WorkerRead) {
        hooks.asked(question) { [weak worker] reply in
            worker?.send(.reply, id) { reply.append(number: number, to: &$0) }
        }
    }

    func logged(_ id: UInt32, _ line: WorkerLog, by worker: Worker) {
        hooks.logged(AttemptNumber(id), line, worker.pid)
    }

    func printed(_ line: String, by worker: Worker, isError: Bool) {
        note(.info, isError ? "worker wrote to standard error" : "worker wrote to standard output",
            worker, line)
    }

    func note(_ level: Note.Level, _ message: String, _ worker: Worker, _ detail: String? = nil) {
        hooks.noted(Note(level: level, message: message, worker: worker.pid, detail: detail))
    }

    func place(_ assignment: Assignment) {
        if assignment.runsAlone { return placeApart(assignment) }
        guard let worker = workers.max(by: { $0.room < $1.room }), worker.room > 0 else {
            waiting.append(assignment)
            return
        }
        worker.start(assignment)
    }

    func placeWaiting() {
        while let next = waiting.first, workers.contains(where: { $0.room > 0 }) {
            waiting.removeFirst()
            place(next)
        }
        while let next = waitingApart.first, let worker = apart.first(where: { $0.room > 0 }) {
            waitingApart.removeFirst()
            worker.start(next)
        }
    }

    private func placeApart(_ assignment: Assignment) {
        if let worker = apart.first(where: { $0.room > 0 }) { return worker.start(assignment) }
        waitingApart.append(assignment)
        let coming = apart.count { $0.state == .starting }
        if coming < waitingApart.count, apart.count < settings.limits.quarantineWorkersMax {
            startWorker(isApart: true)
        }
    }

    /// Forgets a waiting assignment; true where there was one.
    func removeWaiting(_ attempt: AttemptNumber) -> Bool {
        let before = waiting.count + waitingApart.count
        waiting.removeAll { $0.attempt == attempt }
        waitingApart.removeAll { $0.attempt == attempt }
        return waiting.count + waitingApart.count < before
    }

    func greeted(_ worker: Worker, _ hello: Hello) {
        guard hello.protocolVersion == Frame.protocolVersion else {
            let error = WorkerError.protocolVersion(
                found: hello.protocolVersion, expected: Frame.protocolVersion)
            return startFailed(worker, error)
        }
        worker.readyAt = LoopActor.uptimeNanoseconds
        if let manifest, manifest != hello.manifest {
            let changed = "the app changed on disk; restart the host to use it"
            return startFailed(worker, .misbehaved("has another manifest: \(changed)"))
        }
        manifest = hello.manifest
        if let welcome {
            welcomed(worker, welcome)
        } else {
            held = worker
        }
        starting?.resume(returning: hello.manifest)
        starting = nil
    }

    func refused(_ worker: Worker, _ words: String) { startFailed(worker, .refused(words)) }

    private func welcomed(_ worker: Worker, _ welcome: Welcome) {
        worker.send(.welcome, 0) { welcome.append(to: &$0) }
        worker.state = .ready
        placeWaiting()
    }

    func failedToStart(_ worker: Worker, _ limit: Duration) { startFailed(worker, .silent(limit)) }

    private func startFailed(_ worker: Worker, _ error: WorkerError) {
        if let starting {
            self.starting = nil
            starting.resume(throwing: error)
        }
        note(.error, "worker could not be started", worker, "\(error)")
        worker.kill(.misbehaved("\(error)"))
    }

    func misbehaved(_ worker: Worker, _ what: String) {
        note(.error, "worker misbehaved and is replaced", worker, what)
        worker.kill(.misbehaved(what))
    }

    func stuck(_ worker: Worker, _ attempts: Set<UInt32>) {
        note(.warning, "worker is stuck and is replaced", worker, "\(attempts.count) attempts hold its threads")
        worker.kill(.stuck(attempts))
    }

    /// An attempt ran past its timeout and grace: its thread may be gone for good.
    func timedOut(_ worker: Worker) {
        guard worker.state == .ready else { return }
        note(.warning, "worker is retired after a timeout", worker)
        worker.retire()
        keepCount()
    }

    func ended(_ worker: Worker, _ verdict: Verdict, _ end: ChildProcess.End) {
        workers.removeAll { $0 === worker }
        apart.removeAll { $0 === worker }
        if held === worker { held = nil }
        if let starting {
            self.starting = nil
            let how = end.description + (worker.lastLine.map { ": \($0)" } ?? "")
            starting.resume(throwing: WorkerError.ended(how))
        }
        noteEnd(of: worker, end)
        for (attempt, outcome) in verdict.outcomes {
            let report = Report(outcome: outcome, beganAt: now(), duration: .zero)
            hooks.ended(AttemptEnd(attempt: AttemptNumber(attempt), report: report, worker: worker.pid))
        }
        keepCount()
    }

    private func noteEnd(of worker: Worker, _ end: ChildProcess.End) {
        if worker.retiredAt != nil || isStopping { return }
        deaths += 1
        let lived = worker.readyAt.map { LoopActor.uptimeNanoseconds - $0 } ?? 0
        if Duration.nanoseconds(Int64(lived)) < RestartBackoff.lifeMin {
            backoff.diedAtOnce()
        } else {
            backoff.lived()
        }
        note(.warning, "worker ended", worker, end.description)
    }

    /// Starts what is missing, at once or after the backoff.
    func keepCount() {
        guard !isStopping, welcome != nil else { return }
        placeWaiting()
        let missing = settings.count - workers.count { $0.state == .starting || $0.state == .ready }
        let missingApart = min(waitingApart.count, settings.limits.quarantineWorkersMax)
            - apart.count { $0.state == .starting }
        guard missing > 0 || missingApart > 0, restart == nil else { return }
        let delay = missing > 0 ? backoff.delay : .zero
        guard delay > .zero else { return startMissing(missing, missingApart) }
        let timer = LoopTimer()
        restart = timer
        timer.schedule(after: delay) { [weak self] in
            timer.close()
            self?.restart = nil
            self?.startMissing(max(missing, 0), max(missingApart, 0))
        }
    }

    private func startMissing(_ missing: Int, _ missingApart: Int) {
        for _ in 0..<max(missing, 0) { startWorker(isApart: false) }
        for _ in 0..<max(missingApart, 0) where apart.count < settings.limits.quarantineWorkersMax {
            startWorker(isApart: true)
        }
    }

    private func startWorker(isApart: Bool) {
        do throws(LoopError) {
            let worker = try Worker(pool: self, isApart: isApart)
            if isApart { apart.append(worker) } else { workers.append(worker) }
        } catch {
            hooks.noted(
                Note(level: .error, message: "worker could not be started", worker: 0, detail: "\(error)"))
            if let starting {
                self.starting = nil
                starting.resume(throwing: WorkerError.notStarted("\(error)"))
            }
            backoff.diedAtOnce()
            keepCount()
        }
    }
}

extension WorkerPool: @LoopActor Runner {
    package func run(_ assignment: Assignment) { place(assignment) }

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
