import Contract
import HTTPClient
import Synchronization

/// The host as the attempts of a worker see it: through the frames of the socket pair.
final class WorkerHost: AttemptHost {
    let functions: Set<String>?
    let registrations: [Registration]
    let outbox: Outbox
    let questions = Questions()
    let bodies = OutgoingBodies()
    private let client = HTTPClient()
    private let welcome = Mutex<Welcome?>(nil)

    init(registrations: [Registration], outbox: Outbox) {
        self.registrations = registrations
        functions = Set(registrations.map(\.declaration.name))
        self.outbox = outbox
    }

    /// Remembers what the host allows.
    func welcome(_ welcome: Welcome) { self.welcome.withLock { $0 = welcome } }

    var limits: EffectLimits { welcome.withLock { $0?.effects ?? EffectLimits() } }

    var responseBytesMax: Int { welcome.withLock { $0?.responseBytesMax ?? 0 } }

    func secret(_ name: String) -> String? { welcome.withLock { $0?.secrets[name] } }

    func ask(_ question: WorkerRead, for attempt: Attempt) async throws -> [HostReply.Found] {
        let reply = try await questions.ask { [outbox, number = attempt.number] place in
            outbox.add { bytes in
                bytes.append(.read, id: number) { question.append(number: place, to: &$0) }
            }
        }
        switch reply {
        case .documents(let found): return found
        case .failed(let reason):
            throw ContextError.unanswered(what: question.name, reason: reason)
        }
    }

    func exchange(_ call: WebCall) async throws -> WebClientResponse {
        let request = HTTPClientRequest(
            method: call.method, url: call.url, fields: call.headers, body: call.body,
            timeout: call.timeout)
        do {
            let answer = try await client.send(request)
            return WebClientResponse(
                status: answer.status, headers: answer.fields, body: answer.body)
        } catch .cancelled {
            throw CancellationError()
        } catch {
            throw WebClientError(description: "\(error)")
        }
    }

    func stage(in bucket: String) async throws -> any FileStage {
        let buckets = welcome.withLock { $0?.buckets ?? [:] }
        guard let root = buckets[bucket] else {
            throw ContextError.unknownBucket(
                name: bucket, suggestion: suggestion(for: bucket, among: buckets.keys.sorted()))
        }
        do {
            return try await DiskStage.make(below: root)
        } catch {
            throw ContextError.unwritable(
                what: "a file of bucket \"\(bucket)\"", reason: "\(error)")
        }
    }

    /// Removes what an attempt staged that nobody commits.
    func discard(_ effects: [Effect]) {
        let buckets = welcome.withLock { $0?.buckets ?? [:] }
        let files = effects.compactMap { effect -> (root: String, name: String)? in
            guard case .file(let file) = effect, let root = buckets[file.bucket] else { return nil }
            return (root, file.name)
        }
        guard !files.isEmpty else { return }
        Task { await DiskStage.remove(files) }
    }

    func log(_ line: WorkerLog, for attempt: Attempt) { outbox.addLine(of: attempt.number, line) }
}

extension WorkerRead {
    /// Such as `get("orders/o-1")`, for errors.
    var name: String {
        switch self {
        case .document(let path): "get(\"\(path)\")"
        case .list(let collection, _, _): "list(\"\(collection)\")"
        case .query(let collection, _, _, _, _): "query(\"\(collection)\")"
        }
    }
}
