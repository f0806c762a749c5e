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
        let lived = worker.readyAt.map { LoopActor.uptimeNanoseconds - $0 } ?? 0
        if Duration.nanoseconds(Int64(lived)) < RestartBackoff.lifeMin {
            backoff.diedAtOnce()
            if trouble == nil {
                let words = worker.words.line.map { ": \($0)" } ?? ""
                trouble = "a worker \(end.description)\(words)"
            }
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
        let missingApart =
            min(waitingApart.count, settings.limits.quarantineWorkersMax)
            - apart.count { $0.state == .starting }
        guard missing > 0 || missingApart > 0, restart == nil else { return }
        let delay = missing > 0 ? backoff.delay : .zero
        guard delay > .zero else { return startMissing(missing, missingApart) }
        let timer = LoopTimer()
        restart = timer
        timer.schedule(after: delay) { [unowned self] in
            timer.close()
            restart = nil
            startMissing(max(missing, 0), max(missingApart, 0))
        }
    }

    private func startMissing(_ missing: Int, _ missingApart: Int) {
        for _ in 0..<max(missing, 0) { startWorker(isApart: false) }
        for _ in 0..<max(missingApart, 0) where apart.count < settings.limits.quarantineWorkersMax {
            startWorker(isApart: true)
        }
    }

    func startWorker(isApart: Bool) {
        do throws(LoopError) {
            let worker = try Worker(pool: self, isApart: isApart)
            if isApart { apart.append(worker) } else { workers.append(worker) }
        } catch {
            trouble = "\(error)"
            hooks.noted(
                Note(
                    level: .error, message: "worker could not be started", worker: 0,
                    detail: "\(error)"))
            if let starting {
                self.starting = nil
                starting.resume(throwing: WorkerError.notStarted("\(error)"))
            }
            backoff.diedAtOnce()
            keepCount()
        }
    }
}
