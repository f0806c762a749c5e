import Contract
package import EventLoop
package import HTTPServer
import HTTPTypes
import Invocations

/// The API of the admin listener: what people and programs ask of a host, and tell it.
///
/// Recording answers from within the loop's turn and makes no task; all else asks the store in a
/// task of its own, which `close` ends.
@LoopActor
package final class AdminAPI: HTTPHandler {
    let parts: AdminParts
    let waiting: WaitingCallers
    private var gate: AdminGuard
    private let questions = Questions()
    /// By a function's place in the manifest: where the keys of its commands are unique.
    let keyScopes: [String]
    private var boundTo: SocketAddress?

    /// Whoever makes it closes it in the end.
    package init(_ parts: AdminParts) {
        self.parts = parts
        gate = AdminGuard(token: parts.token)
        waiting = WaitingCallers(dispatcher: parts.dispatcher)
        keyScopes = parts.dispatcher.registry.functions.map { "command/\($0.name)" }
        waiting.gaveUp = { [unowned self] caller in
            accepted(caller.recorded, caller.exchange, isPreferred: false)
        }
    }

    /// Checks origin and token before any byte of a body; what is refused or unknown is answered
    /// here.
    package func accept(_ exchange: HTTPExchange) -> BodyPlan {
        do throws(AdminError) {
            try gate.checkOrigin(exchange.head, boundTo: bound())
            guard !waiting.isDraining || !exchange.head.method.writes else { throw .stopping }
            if exchange.head.isRecording {
                try gate.checkToken(exchange.head)
            } else {
                let (route, captures) = try AdminRoutes.shared.match(exchange.head)
                if !route.isOpen { try gate.checkToken(exchange.head) }
                if case .uploading = route.answering { return try upload(exchange, captures) }
            }
            return .whole(bytesMax: parts.limits.bodyBytesMax)
        } catch {
            if case .methodNotAllowed("OPTIONS", let allowed) = error {
                send(AdminReply(status: 204, fields: .allow(allowed)), to: exchange)
            } else {
                refuse(exchange, error)
            }
            return .unwanted
        }
    }

    /// Answers a request whose body has arrived, at once or later on the loop.
    package func respond(to exchange: HTTPExchange) {
        if let upload = exchange.context as? FileUpload { return upload.complete() }
        if exchange.head.isRecording, let name = exchange.head.recordedFunction {
            return record(exchange, function: name)
        }
        do throws(AdminError) {
            let (route, captures) = try AdminRoutes.shared.match(exchange.head)
            let query = exchange.head.queryItems
            if let strange = query.first(where: { !route.parameters.contains($0.name) }) {
                throw .unknownParameter(strange.name, known: route.parameters)
            }
            let request = AdminRequest(
                exchange: exchange, captures: captures, query: query, body: exchange.body)
            answer(request, by: route)
        } catch {
            refuse(exchange, error)
        }
    }

    /// Tells who waits for an attempt that what they sent is recorded; nobody waits from now on, and
    /// nothing is taken any more but questions.
    package func drain() { waiting.drain() }

    /// Ends all that is being asked; no request may come any more. A second call does nothing.
    package func close() {
        questions.close()
        waiting.close()
    }

    func send(_ reply: AdminReply, to exchange: HTTPExchange) {
        exchange.respond(reply.status, reply.fields, body: reply.body)
    }

    func refuse(_ exchange: HTTPExchange, _ error: any Error) {
        let known = error as? AdminError ?? .unreadable("\(error)")
        exchange.respond(problem: known.problem, known.fields)
    }

    /// Runs what has to wait; an error becomes the answer to `exchange`.
    func later(_ exchange: HTTPExchange, _ work: @escaping @LoopActor () async throws -> Void) {
        questions.start { [self] in
            do {
                try await work()
            } catch {
                guard !exchange.isAnswered else { return }
                refuse(exchange, error)
            }
        }
    }

    /// Asks the store; what it can't answer is a problem of the store.
    func read(_ query: Query) async throws(AdminError) -> Page {
        do {
            return try await parts.store.read(query)
        } catch {
            throw .unreadable("\(error)")
        }
    }

    private func answer(_ request: AdminRequest, by route: AdminRoute) {
        let exchange = request.exchange
        switch route.answering {
        case .recording: record(exchange, function: request.capture("name"))
        case .publishing: publish(exchange, topic: request.capture("topic"))
        case .uploading: preconditionFailure("an upload is answered by its own")
        case .downloading:
            download(exchange, bucket: request.capture("bucket"), key: request.capture("key"))
        case .now(let answer):
            do {
                send(try answer(self, request), to: exchange)
            } catch {
                refuse(exchange, error)
            }
        case .later(let answer):
            later(exchange) { [self] in send(try await answer(self, request), to: exchange) }
        }
    }

    private func upload(
        _ exchange: HTTPExchange, _ captures: [RequestData.Field]
    ) throws(AdminError) -> BodyPlan {
        let request = AdminRequest(exchange: exchange, captures: captures, query: [], body: [])
        let (bucket, key) = (request.capture("bucket"), request.capture("key"))
        guard parts.dispatcher.isAccepting else { throw .refused(.diskFull, recorded: 0) }
        // Unheard, it would let a file be replaced that its sender meant to spare.
        for name in ["If-Match", "If-None-Match"] where exchange.head[name.lowercased()] != nil {
            throw .badHeader(name, expected: "none, for files have no conditions")
        }
        let upload = FileUpload(
            exchange, bucket: bucket, key: key, root: try file(key, in: bucket)
        ) { [weak self] in self?.refuse(exchange, $0) }
        exchange.context = upload
        upload.start()
        return .chunks(bytesMax: parts.limits.fileBytesMax)
    }

    /// The listener's address is known only once it listens, and then for good.
    private func bound() -> SocketAddress? {
        if boundTo == nil { boundTo = parts.addresses().admin }
        return boundTo
    }
}

extension RequestHead {
    /// True for `POST /v1/functions/…/invocations`, the one path that has to be fast.
    fileprivate var isRecording: Bool {
        guard method == .post, queryBytes == nil else { return false }
        let path = pathBytes
        return path.count > Self.recordingBytes && path.starts(with: Self.recordingStart)
            && path.suffix(Self.recordingEnd.count).elementsEqual(Self.recordingEnd)
    }

    /// Nil where the name is no plain one; then the routes decide.
    fileprivate var recordedFunction: String? {
        let path = pathBytes
        let name = path.dropFirst(Self.recordingStart.count).dropLast(Self.recordingEnd.count)
        guard name.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }) else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }

    private static let recordingStart = Array("/v1/functions/".utf8)
    private static let recordingEnd = Array("/invocations".utf8)
    private static let recordingBytes = recordingStart.count + recordingEnd.count
}
