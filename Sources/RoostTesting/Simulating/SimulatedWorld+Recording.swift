import Contract
import Dispatching
import Glibc
import Invocations

/// How what comes from outside gets into the store.
extension SimulatedWorld {
    func event(
        _ kind: InputKind, _ subject: String, _ data: [UInt8], _ contentType: String?
    ) -> NewEvent {
        NewEvent(
            kind: kind, subject: subject, acceptedAt: clock, data: data,
            dataContentType: contentType)
    }

    func recordKey(_ key: String?, _ trigger: String) -> Record.Key? {
        key.map { Record.Key(trigger: trigger, key: $0, expiresAt: clock + limits.keysKept) }
    }

    func record(
        _ event: NewEvent, key: String?, _ trigger: String, _ function: FunctionNumber
    ) async throws {
        try await record(
            Record(
                event: event, key: recordKey(key, trigger), owed: [Owed(function: function)]))
    }

    /// Records an event; one with a key comes twice where that is among the faults.
    func record(_ record: Record) async throws {
        let times = record.key != nil && happens(\.duplicateShare) ? 2 : 1
        for _ in 0..<times {
            var answer: Invocations.Answer?
            dispatcher?.record(record) { answer = $0 }
            try await run(until: clock)
            guard case .recorded? = answer else {
                throw SimulationError(description: "not recorded: \(answer.map { "\($0)" } ?? "")")
            }
        }
        try await runDue()
    }

    func write(_ write: DocumentWrite) async throws {
        var answer: Invocations.Answer?
        dispatcher?.write(Writing([ConditionalWrite(write)], origin: Origin(now: clock))) {
            answer = $0
        }
        try await run(until: clock)
        guard case .written? = answer else {
            throw SimulationError(description: "not written: \(answer.map { "\($0)" } ?? "")")
        }
        try await runDue()
    }

    /// Looks at a key of a bucket as soon as a host is there, and does what comes of it.
    func lookNow(at key: String, in bucket: String) async throws {
        look(at: key, in: bucket)
        try await run(until: clock)
        try await runDue()
    }

    /// Looks at a key of a bucket, and announces what is there; names of what is unfinished mean
    /// nothing, as on a host.
    func find(_ key: String, in bucket: String) throws {
        guard FileKey.isAnnounced(key) else { return }
        let root = try buckets.directory(of: bucket)
        let found = Announcing.Found(key: key, mark: FileMark(at: root + "/" + key))
        dispatcher?.announce(
            Announcing(
                bucket: bucket, files: [found], origin: Origin(now: clock),
                placedThrough: placedThrough)
        ) { _ in }
    }

    /// Lets what is due run, and whatever comes of it within a second.
    func runDue() async throws {
        while let next = agenda.min, next.at <= clock + .seconds(1), isUnderWay {
            try await run(until: max(clock, next.at))
        }
    }

    private var isUnderWay: Bool { isAsked || (dispatcher?.held ?? 0) > 0 }
}

extension FileMark {
    /// Of the file at a path; nil where none is.
    fileprivate init?(at path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(
            size: Int64(status.st_size),
            modifiedNanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000
                + Int64(status.st_mtim.tv_nsec),
            inode: UInt64(status.st_ino))
    }
}
