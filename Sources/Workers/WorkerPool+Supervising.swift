import Contract
import EventLoop
import Invocations

/// How workers come and go: hello, welcome, a failed start, an end, and who replaces them.
extension WorkerPool {
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

    func welcomed(_ worker: Worker, _ welcome: Welcome) {
        worker.send(.welcome, 0) { welcome.append(to: &$0) }
        worker.state = .ready
        trouble = nil
        // It will run a suspect, which is what it was started for, whatever becomes of it.
        if worker.isApart { restarts(isApart: true).lived() }
        placeWaiting()
    }

    func failedToStart(_ worker: Worker, _ limit: Duration) { startFailed(worker, .silent(limit)) }

    private func startFailed(_ worker: Worker, _ error: WorkerError) {
        if let starting {
            self.starting = nil
            starting.resume(throwing: error)
        }
        trouble = "\(error)"
        note(.error, "worker could not be started", worker, "\(error)")
        worker.isDistrusted = true
        worker.kill(.misbehaved("\(error)"))
    }

    func misbehaved(_ worker: Worker, _ what: String) {
        if starting != nil { return startFailed(worker, .misbehaved(what)) }
        note(.error, "worker misbehaved and is replaced", worker, what)
        worker.kill(.misbehaved(what))
    }

    func stuck(_ worker: Worker, _ attempts: Set<UInt32>) {
        note(
            .warning, "worker is stuck and is replaced", worker,
            "\(attempts.count) attempts hold its threads")
        worker.kill(.stuck(attempts))
    }

    /// An attempt ran past its timeout and grace: its thread may be gone for good.
    func timedOut(_ worker: Worker) {
        guard worker.state == .ready else { return }
        note(.warning, "worker is retired after a timeout", worker)
        replace(worker)
    }

    /// Gives it nothing new, and starts another one in its place.
    func replace(_ worker: Worker) {
        if worker.hasLived { restarts(isApart: worker.isApart).lived() }
        worker.retire()
        keepCount()
    }

    /// - Parameter sentAt: when each attempt was handed over, which is when it began, as far as it
    ///   is known here.
    func ended(
        _ worker: Worker, _ verdict: Verdict, _ sentAt: [UInt32: UInt64], _ end: ChildProcess.End
    ) {
        workers.removeAll { $0 === worker }
        apart.removeAll { $0 === worker }
        if held === worker { held = nil }
        if favourite === worker { favourite = nil }
        if let starting {
            self.starting = nil
            let how = end.description + (worker.words.line.map { ": \($0)" } ?? "")
            starting.resume(throwing: WorkerError.ended(how))
        }
        noteEnd(of: worker, end)
        let (now, turn) = (now(), LoopActor.turnMilliseconds)
        for (attempt, outcome) in verdict.outcomes {
            let lasted = Duration.milliseconds(Int64(turn - (sentAt[attempt] ?? turn)))
            let report = Report(outcome: outcome, beganAt: now - lasted, duration: lasted)
            hooks.ended(
                AttemptEnd(attempt: AttemptNumber(attempt), report: report, worker: worker.pid))
        }
        hooks.gone(worker.pid)
        keepCount()
    }

    private func noteEnd(of worker: Worker, _ end: ChildProcess.End) {
        if worker.retiredAt != nil || isStopping { return }
        deaths += 1
        let restarts = restarts(isApart: worker.isApart)
        if worker.hasLived {
            restarts.lived()
        } else {
            restarts.diedAtOnce()
            if trouble == nil {
                let words = worker.words.line.map { ": \($0)" } ?? ""
                trouble = "a worker \(end.description)\(words)"
            }
        }
        note(.warning, "worker ended", worker, end.description)
    }

    /// Starts what is missing, at once or after the backoff.
    func keepCount() {
        guard !isStopping, welcome != nil else { return }
        placeWaiting()
        supply(isApart: false)
        supply(isApart: true)
    }

    /// Starts the workers of one kind that are missing, at once or after their backoff.
    func supply(isApart: Bool) {
        guard !isStopping, welcome != nil, missing(isApart: isApart) > 0 else { return }
        restarts(isApart: isApart).begin { [unowned self] in startMissing(isApart: isApart) }
    }

    private func missing(isApart: Bool) -> Int {
        guard isApart else {
            return settings.count - workers.count { $0.state == .starting || $0.state == .ready }
        }
        let coming = apart.count { $0.state == .starting }
        return min(
            waitingApart.count - coming, settings.limits.quarantineWorkersMax - apart.count)
    }

    /// Counts anew: others may have ended during the backoff, or fewer be needed.
    private func startMissing(isApart: Bool) {
        for _ in 0..<max(0, missing(isApart: isApart)) {
            guard startWorker(isApart: isApart) else { return }
        }
    }

    /// False where it could not be started: it is tried again after the backoff.
    @discardableResult
    func startWorker(isApart: Bool) -> Bool {
        do throws(LoopError) {
            let worker = try Worker(pool: self, isApart: isApart)
            if isApart { apart.append(worker) } else { workers.append(worker) }
            return true
        } catch {
            notStarted(error, isApart: isApart)
            return false
        }
    }

    private func notStarted(_ error: LoopError, isApart: Bool) {
        trouble = "\(error)"
        hooks.noted(
            Note(
                level: .error, message: "worker could not be started", worker: 0,
                detail: "\(error)"))
        if let starting {
            self.starting = nil
            starting.resume(throwing: WorkerError.notStarted("\(error)"))
        }
        restarts(isApart: isApart).diedAtOnce()
        // Never at once: a start that fails again would come back here without end.
        supply(isApart: isApart)
    }
}
