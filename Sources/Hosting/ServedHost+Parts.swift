import Admin
import Contract
import Dispatching
import EventLoop
import Foundation
import HTTPServer
import Intake
import Invocations
import StoreSQLite
import Workers

extension ServedHost {
    /// The hooks by which the pool tells what happens in its workers.
    func poolHooks() -> WorkerPool.Hooks {
        WorkerPool.Hooks(
            ended: { [weak self] in self?.dispatcher?.ended($0) },
            asked: { [weak self] in self?.answer($0, $1) },
            logged: { [weak self] in self?.logged($0, $1, worker: $2) },
            noted: { [weak self] in self?.noted($0) },
            gone: { [weak self] in self?.removeStaged(byWorker: $0) })
    }

    func adminParts(
        _ dispatcher: Dispatcher, _ manifest: Manifest, _ applied: AppliedPolicies
    ) -> AdminParts {
        var parts = AdminParts(
            dispatcher: dispatcher, store: store,
            facts: HostFacts(
                version: RoostVersion.current, app: manifest.app, pid: getpid(),
                startedAt: startedAt),
            clock: { WallClock.now() },
            backup: { [store] file in
                try await store.backup(to: file)
                return try await offLoop { fileBytes(file) }
            })
        parts.limits = settings.limits
        parts.token = token
        parts.addresses = { [weak self] in
            AdminParts.Addresses(
                listen: self?.publicListener?.address, admin: self?.adminListener?.address)
        }
        parts.readiness = { [weak self] in self?.readiness() ?? [] }
        parts.workers = { [weak self] in self?.pool?.views ?? [] }
        parts.listeners = { [weak self] in self?.listenerViews() ?? [] }
        parts.logs = { [weak self] in self?.handlerLogs[$0] ?? [] }
        parts.triggers = manifest.triggers
        parts.buckets = bucketDirectories
        parts.plan = { [weak self] in
            await self?.schedules?.plan($0) ?? .refused(.broken("the host is stopping"))
        }
        parts.fire = { [weak self] in
            await self?.schedules?.fire($0) ?? .refused(.broken("the host is stopping"))
        }
        parts.nextInstants = { [weak self] in self?.schedules?.next(of: $0, count: $1) ?? [] }
        parts.lateness = { [weak self] in self?.schedules?.lateness ?? Histogram(bounds: []) }
        parts.scheduleMistake = { [weak self] in self?.schedules?.mistake(in: $0) }
        let origins = applied.origins.mapValues { $0.mapValues(\.description) }
        parts.policyOrigins = { origins[$0] ?? [:] }
        parts.metrics = { [weak self] in self?.metrics() ?? [] }
        return parts
    }

    /// What nobody but the host counts.
    private func metrics() -> [MetricFamily] {
        [
            MetricFamily(
                "roost_dead_letters_pruned_total", .counter,
                "Dead letters that this host forgot.", engine.prunedDead),
            MetricFamily(
                "roost_log_lines_dropped_total", .counter,
                "Lines that the log had no room for.", HostLog.shared.droppedCount),
        ]
    }

    private func answer(_ question: WorkerRead, _ reply: @escaping @LoopActor (HostReply) -> Void) {
        Task {
            do {
                let query = try Query(question)
                switch try await store.read(query) {
                case .documents(let found): reply(HostReply(documents: found))
                case .scanned(_, let isIndexed):
                    guard case .documentsWhere(let wanted) = query else { return }
                    reply(.failed(wanted.scannedText(isIndexed: isIndexed)))
                default: preconditionFailure("documents were asked for")
                }
            } catch let error as DocumentFilterError {
                reply(.failed(error.description))
            } catch let error as DocumentSortError {
                reply(.failed(error.description))
            } catch {
                reply(.failed("the store could not read: \(error)"))
            }
        }
    }

    private func logged(_ attempt: AttemptNumber, _ line: WorkerLog, worker: Int32) {
        var fields = line.metadata
        fields["worker"] = "\(worker)"
        if let identity = dispatcher?.identity(of: attempt) {
            fields["function"] = identity.function
            fields["event"] = identity.event.id.description
            fields["invocation"] = identity.invocation.description
            fields["attempt"] = "\(identity.attempt)"
            fields["trace"] = identity.event.trace.traceID
            fields["tenant"] = identity.event.tenant
            handlerLogs.add(
                LogView(time: WallClock.now(), attempt: identity.attempt, log: line),
                to: identity.invocation)
        }
        HostLog.shared.write(.init(rawValue: line.level) ?? .info, line.message, fields)
    }

    private func noted(_ note: WorkerPool.Note) {
        var fields: [String: String] = [:]
        if note.worker != 0 { fields["worker"] = "\(note.worker)" }
        if let detail = note.detail { fields["detail"] = detail }
        switch note.level {
        case .info: HostLog.shared.write(.info, note.message, fields)
        case .warning: HostLog.shared.write(.warning, note.message, fields)
        case .error: HostLog.shared.write(.error, note.message, fields)
        }
    }

    private func readiness() -> [ReadinessCheck] {
        let workers = pool?.readyCount ?? 0
        let problem = store.problem
        return [
            ReadinessCheck(name: "store", isGood: problem == nil, detail: problem ?? ""),
            ReadinessCheck(
                name: "disk", isGood: !isDiskLow,
                detail: isDiskLow
                    ? "less than \(settings.limits.freeDiskBytesMin) bytes are free; make room" : ""
            ),
            ReadinessCheck(
                name: "app", isGood: dispatcher != nil,
                detail: dispatcher == nil ? "the app is not loaded yet" : ""),
            ReadinessCheck(
                name: "workers", isGood: workers > 0,
                detail: workers > 0 ? "" : noWorkerText),
            ReadinessCheck(
                name: "accepting", isGood: !isStopping,
                detail: isStopping ? "the host is stopping" : ""),
        ]
    }

    private var noWorkerText: String {
        guard let trouble = pool?.trouble else { return "no worker is up yet" }
        return "no worker is up: \(trouble); the host goes on trying"
    }

    private func listenerViews() -> [ListenerView] {
        [("public", publicListener), ("admin", adminListener)].compactMap { name, listener in
            listener.map {
                ListenerView(name: name, open: $0.connectionCount, counters: $0.counters)
            }
        }
    }
}

/// The size of a file that was just written.
private func fileBytes(_ path: String) -> Int {
    var facts = stat()
    return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
}

extension SQLiteStore {
    /// Why it can't write now, or nil.
    fileprivate var problem: String? {
        switch condition {
        case .writing: nil
        case .full: "the disk is full; make room, and what waits is written"
        case .locked:
            "another program holds the lock of the store's file; close it, and what waits is "
                + "written"
        case .broken(let why): "the store writes no more: \(why); restart the host"
        }
    }
}
