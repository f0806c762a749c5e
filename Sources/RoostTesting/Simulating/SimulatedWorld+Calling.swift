import Contract
import Dispatching
import HTTPTypes
import Intake
import Invocations
import Roost

/// How requests are answered, and what their `Idempotency-Key` does: as by `HTTPIntake`.
extension SimulatedWorld {
    enum KeyFound {
        case none
        case key(String)
        case refused
    }

    /// The request's key, as far as its trigger asks for one.
    func idempotencyKey(in headers: HTTPFields, _ trigger: HTTPTrigger) -> KeyFound {
        guard trigger.idempotency != .off else { return .none }
        let values = headers[values: .idempotencyKey]
        guard let value = values.first else {
            return trigger.idempotency == .required ? .refused : .none
        }
        // What is wrong with a key is said by a host; a test sees that it is refused.
        guard values.count == 1, let key = try? IdempotencyKey.read(value) else { return .refused }
        return .key(key)
    }

    /// Runs a request, or records it for later.
    func take(
        _ request: RequestData, _ headers: HTTPFields, _ trigger: HTTPTrigger, key: String?
    ) async throws -> WebClientResponse {
        guard trigger.mode == .accept else {
            return try await call(trigger, request, headers, key: key)
        }
        let event = event(.request, trigger.name, request.encoded(), headers[.contentType])
        try await record(event, key: key, "http/\(trigger.name)", trigger.function.number)
        return WebClientResponse(status: .accepted)
    }

    /// Who sent a key sends again where the host ended before it answered.
    private func call(
        _ trigger: HTTPTrigger, _ request: RequestData, _ headers: HTTPFields, key: String?
    ) async throws -> WebClientResponse {
        let contentType = headers[.contentType]
        let hashes = key.map {
            CallHashes(
                scope: trigger.keyScope, key: $0,
                request: Fingerprint(
                    method: request.method, target: request.target, contentType: contentType,
                    body: request.body))
        }
        for _ in 0..<Self.sendsMax {
            if let answer = try await callOnce(trigger, request, contentType, hashes) {
                return answer
            }
            if headers[.idempotencyKey] == nil { break }
        }
        return WebClientResponse(status: .serviceUnavailable)
    }

    private static let sendsMax = 100

    /// Nil where the host ended first.
    private func callOnce(
        _ trigger: HTTPTrigger, _ request: RequestData, _ contentType: String?,
        _ hashes: CallHashes?
    ) async throws -> WebClientResponse? {
        if let hashes, let stored = try await storedResponse(to: hashes) {
            return WebClientResponse(stored, fingerprint: hashes.fingerprint)
        }
        var event = event(.request, trigger.name, request.encoded(), contentType)
        event.callID = EventID(callAt: clock, random: UInt64(draw() * 1e15))
        let key = hashes.map {
            Call.Key(
                hash: $0.key, fingerprint: $0.fingerprint, expiresAt: clock + limits.keysKept,
                responseBytesMax: limits.storedResponseBytesMax)
        }
        var answer: Call.Answer?
        dispatcher?.call(
            Call(
                function: trigger.function.number, event: event, onceKey: hashes?.onceKey, key: key,
                mayRunAgain: key != nil || trigger.isIdempotentMethod
            ) { answer = $0 })
        let host = generation
        while answer == nil, generation == host, let next = agenda.min {
            try await run(until: max(clock, next.at))
        }
        try await runDue()
        return answer.map { WebClientResponse($0, fingerprint: hashes?.fingerprint ?? []) }
    }

    private func storedResponse(to hashes: CallHashes) async throws -> StoredResponse? {
        guard case .response(let stored) = try await store.read(.response(keyHash: hashes.key))
        else { preconditionFailure("a response was asked for") }
        guard let stored, stored.expiresAt > clock else { return nil }
        return stored
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
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

    /// What the first request with the key was answered; 422 where it was another one.
    fileprivate init(_ stored: StoredResponse, fingerprint: [UInt8]) {
        guard stored.fingerprint == fingerprint else {
            self.init(status: .unprocessableContent)
            return
        }
        let replayed = RequestData.Field("Idempotent-Replayed", "true")
        self.init(stored.status, stored.fields + [replayed], stored.body)
    }

    /// What a caller sees; the status of what failed is the one that the host would answer with.
    fileprivate init(_ answer: Call.Answer, fingerprint: [UInt8]) {
        switch answer {
        case .response(let response, _):
            guard case .whole(let body) = response.body else {
                preconditionFailure("bodies of a simulation are whole")
            }
            self.init(response.status, response.fields, body)
        case .replay(let stored): self.init(stored, fingerprint: fingerprint)
        case .failed(.timedOut): self.init(status: .gatewayTimeout)
        case .failed(.interrupted), .failed(.conflicted), .failed(.failed(_, .some)), .noSlot,
            .refused:
            self.init(status: .serviceUnavailable)
        case .failed: self.init(status: .internalServerError)
        }
    }
}
