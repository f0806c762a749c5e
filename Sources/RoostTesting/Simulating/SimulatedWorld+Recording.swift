import Contract
import Dispatching
import Glibc
import HTTPTypes
import Intake
import Invocations
import Roost

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

    /// Looks at a key of a bucket, and announces what is there.
    func find(_ key: String, in bucket: String) throws {
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

    // MARK: calls

    /// Who has a key sends again where the host ended before it answered.
    func call(
        _ trigger: HTTPTrigger, _ request: RequestData, _ contentType: String?, _ key: String?
    ) async throws -> WebClientResponse {
        for _ in 0..<Self.sendsMax {
            if let answer = try await callOnce(trigger, request, contentType, key) { return answer }
            if key == nil { break }
        }
        return WebClientResponse(status: .serviceUnavailable)
    }

    private static let sendsMax = 100

    /// Nil where the host ended first.
    private func callOnce(
        _ trigger: HTTPTrigger, _ request: RequestData, _ contentType: String?, _ key: String?
    ) async throws -> WebClientResponse? {
        let hash = Array("\(trigger.function.name)\u{0}\(trigger.name)\u{0}\(key ?? "")".utf8)
        if key != nil, trigger.idempotency != .off {
            guard case .response(let stored) = try await store.read(.response(keyHash: hash)) else {
                preconditionFailure("a response was asked for")
            }
            if let stored, stored.expiresAt > clock {
                return WebClientResponse(stored.status, stored.fields, stored.body)
            }
        }
        var event = event(.request, trigger.name, request.encoded(), contentType)
        event.callID = EventID(callAt: clock, random: UInt64(draw() * 1e15))
        let callKey = key.map { _ in
            Call.Key(
                hash: hash, fingerprint: request.encoded(), expiresAt: clock + limits.keysKept,
                responseBytesMax: limits.storedResponseBytesMax)
        }
        var answer: Call.Answer?
        dispatcher?.call(
            Call(
                function: trigger.function.number, event: event, onceKey: key, key: callKey,
                mayRunAgain: key != nil
            ) { answer = $0 })
        let host = generation
        while answer == nil, generation == host, let next = agenda.min {
            try await run(until: max(clock, next.at))
        }
        try await runDue()
        return answer.map { WebClientResponse($0) }
    }
}

extension WebClientResponse {
    fileprivate init(_ status: Int, _ fields: [RequestData.Field], _ body: [UInt8]) {
        var headers = HTTPFields()
        for field in fields {
            guard let name = HTTPField.Name(field.name) else { continue }
            headers.append(HTTPField(name: name, value: field.value))
        }
        self.init(status: HTTPResponse.Status(code: status), headers: headers, body: body)
    }

    /// What a caller sees; the status of what failed is the one that the host would answer with.
    fileprivate init(_ answer: Call.Answer) {
        switch answer {
        case .response(let response, _):
            guard case .whole(let body) = response.body else {
                preconditionFailure("bodies of a simulation are whole")
            }
            self.init(response.status, response.fields, body)
        case .replay(let stored): self.init(stored.status, stored.fields, stored.body)
        case .failed(.timedOut): self.init(status: .gatewayTimeout)
        case .failed(.interrupted), .failed(.conflicted), .failed(.failed(_, .some)), .noSlot,
            .refused:
            self.init(status: .serviceUnavailable)
        case .failed: self.init(status: .internalServerError)
        }
    }
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
