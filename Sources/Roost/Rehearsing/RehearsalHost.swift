import Contract
import Synchronization

/// The host's side of a rehearsal: documents in memory, and what was committed.
final class RehearsalHost: AttemptHost {
    fileprivate struct State {
        var lastVersion: Int64 = 0
        var lastNumber: Int64 = 0
        var documents: [String: StoredDocument] = [:]
        var publications: [Publication] = []
        var sendings: [Sending] = []
        var schedules: [String: ScheduleDeclaration] = [:]
        /// What attempts wrote and did not commit yet, by the staged file's name.
        var staged: [String: [UInt8]] = [:]
        /// By bucket and key.
        var files: [String: [String: [UInt8]]] = [:]
        var calls: [WebCall] = []
        var lines: [WorkerLog] = []
        /// Attempts that a function may still write through, and how many run through each.
        var attempts: [UInt32: (attempt: Attempt, calls: Int)] = [:]
    }

    let limits = EffectLimits()
    let functions: Set<String>? = nil
    private let secrets: [String: String]
    private let web: (@Sendable (WebCall) async throws -> WebClientResponse)?
    private let state = Mutex(State())

    init(
        secrets: [String: String],
        web: (@Sendable (WebCall) async throws -> WebClientResponse)?
    ) {
        self.secrets = secrets
        self.web = web
    }

    /// Makes an attempt of a new event.
    func attempt(_ count: Int, onceKey: String?) -> Attempt {
        state.withLock { state in
            state.lastNumber += 1
            let number = state.lastNumber
            let event = Event(
                id: EventID(.event, number: number, at: .now), kind: .command, subject: "rehearsal",
                acceptedAt: .now, data: Array("{}".utf8))
            let delivery = Delivery(
                function: 0, attempt: count, timeout: .seconds(60), event: event,
                invocation: EventID(.invocation, number: number, at: .now), onceKey: onceKey)
            let attempt = Attempt(
                number: UInt32(truncatingIfNeeded: number), delivery: delivery, secrets: nil,
                host: self)
            attempt.begin()
            state.attempts[attempt.number] = (attempt, 0)
            return attempt
        }
    }

    /// Runs a handler, then commits what it wrote, or drops it where it threw; one that another
    /// one calls with its own context leaves that to the other.
    func performing<Output>(
        _ attempt: Attempt, _ handler: () async throws -> Output
    ) async throws -> Output {
        state.withLock { $0.attempts[attempt.number]?.calls += 1 }
        do {
            let output = try await handler()
            try state.withLock { state in
                if state.leave(attempt) { try state.commit(attempt, limits) }
            }
            return output
        } catch {
            state.withLock { state in
                if state.leave(attempt) { _ = attempt.startOver() }
            }
            throw error
        }
    }

    func set(_ path: String, to body: [UInt8]) { state.withLock { $0.set(path, to: body) } }

    func documents(in collection: String) throws -> [(path: String, body: [UInt8])] {
        try settled { state in
            state.paths(in: collection).map { ($0, state.documents[$0]!.body) }
        }
    }

    func published(to topic: String) throws -> [Publication] {
        try settled { state in state.publications.filter { $0.topic == topic } }
    }

    func sent(to function: String) throws -> [Sending] {
        try settled { state in state.sendings.filter { $0.function == function } }
    }

    func files(in bucket: String) throws -> [String: [UInt8]] {
        try settled { state in state.files[bucket] ?? [:] }
    }

    var calls: [WebCall] { state.withLock { $0.calls } }

    var lines: [WorkerLog] { state.withLock { $0.lines } }

    /// Commits what handlers wrote that were called without their function, then looks.
    private func settled<Value: Sendable>(_ look: (State) -> Value) throws -> Value {
        try state.withLock { state in
            for (attempt, calls) in state.attempts.values where calls == 0 {
                try state.commit(attempt, limits)
            }
            return look(state)
        }
    }
}

extension RehearsalHost {
    func secret(_ name: String) -> String? { secrets[name] }

    func ask(_ question: WorkerRead, for attempt: Attempt) async throws -> [HostReply.Found] {
        state.withLock { state in
            switch question {
            case .document(let path): [state.found(path)]
            case .list(let collection, let after, let limit):
                Array(state.documents(in: collection, after: after).prefix(limit))
            case .query(let collection, let texts, let sort, let after, let limit):
                state.documents(
                    in: collection, after: sort == nil ? after : nil,
                    // They were read once before they were asked.
                    texts.compactMap { try? DocumentFilter($0) }
                ).sorted(by: sort, in: collection, after: after).prefix(limit).map(\.self)
            }
        }
    }

    func exchange(_ call: WebCall) async throws -> WebClientResponse {
        state.withLock { $0.calls.append(call) }
        guard let web else {
            throw WebClientError(
                description: "\(call.method) \(call.url): nothing answers in this rehearsal; "
                    + "give it something: Rehearsal(web: { call in … })")
        }
        return try await web(call)
    }

    func stage(in bucket: String) async throws -> any FileStage {
        state.withLock { state in
            state.lastNumber += 1
            return MemoryStage(name: "\(StagedFile.namePrefix)\(state.lastNumber)", host: self)
        }
    }

    func log(_ line: WorkerLog, for attempt: Attempt) { state.withLock { $0.lines.append(line) } }
}

/// A file of a rehearsal, before its commit.
private struct MemoryStage: FileStage {
    let name: String
    let host: RehearsalHost

    func write(_ bytes: [UInt8]) async throws { host.write(bytes, to: name) }

    func seal() async throws -> FileMark { host.mark(of: name) }

    func discard() async { host.discard(name) }
}

extension RehearsalHost {
    fileprivate func write(_ bytes: [UInt8], to name: String) {
        state.withLock { $0.staged[name, default: []] += bytes }
    }

    fileprivate func mark(of name: String) -> FileMark {
        state.withLock { state in
            let bytes = state.staged[name, default: []]
            state.staged[name] = bytes
            return FileMark(size: Int64(bytes.count), modifiedNanoseconds: 0, inode: 0)
        }
    }

    fileprivate func discard(_ name: String) { state.withLock { $0.staged[name] = nil } }
}

extension RehearsalHost.State {
    fileprivate mutating func set(_ path: String, to body: [UInt8]) {
        lastVersion += 1
        documents[path] = StoredDocument(version: lastVersion, body: body)
    }

    fileprivate func found(_ path: String) -> HostReply.Found {
        let stored = documents[path]
        return HostReply.Found(path: path, version: stored?.version ?? 0, body: stored?.body ?? [])
    }

    fileprivate func paths(in collection: String) -> [String] {
        documents.keys.filter { path in
            let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
            return slash.map { path.utf8[..<$0].elementsEqual(collection.utf8) } ?? false
        }.sorted()
    }

    fileprivate func documents(
        in collection: String, after: String?, _ filters: [DocumentFilter] = []
    ) -> [HostReply.Found] {
        paths(in: collection)
            .filter { path in after.map { path > "\(collection)/\($0)" } ?? true }
            .map(found)
            .filter { document in
                // What is stored was encoded here, so it can be read.
                (try? document.body.withJSON { body in
                    filters.allSatisfy { $0.matches(body) }
                }) == true
            }
    }

    /// True where no other handler runs through the attempt any more.
    fileprivate mutating func leave(_ attempt: Attempt) -> Bool {
        attempts[attempt.number]?.calls -= 1
        return attempts[attempt.number]?.calls == 0
    }

    fileprivate mutating func commit(_ attempt: Attempt, _ limits: EffectLimits) throws {
        for effect in attempt.startOver() {
            switch effect {
            case .put(let path, let body): set(path, to: body)
            case .merge(let path, let patch, let operations):
                let merged = try DocumentMerge.merged(
                    documents[path]?.body, patch: patch, operations: operations,
                    bytesMax: limits.documentBytesMax)
                set(path, to: merged)
            case .delete(let path): documents[path] = nil
            case .publish(let publication):
                let isKnown =
                    publication.key != nil
                    && publications.contains {
                        $0.topic == publication.topic && $0.key == publication.key
                    }
                if !isKnown { publications.append(publication) }
            case .send(let sending):
                let isKnown =
                    sending.key != nil
                    && sendings.contains {
                        $0.function == sending.function && $0.key == sending.key
                    }
                if !isKnown { sendings.append(sending) }
            case .schedule(let declaration): schedules[declaration.name] = declaration
            case .unschedule(let name): schedules[name] = nil
            case .file(let file):
                let contents = staged.removeValue(forKey: file.name)
                files[file.bucket, default: [:]][file.key] = file.mark == nil ? nil : contents
            }
        }
    }
}
