package import Contract
package import Dispatching
package import EventLoop
package import HTTPServer
package import Invocations
package import Workers

/// Turns the requests of the public listener into calls and events.
///
/// A request finds its route before its body is read. In the mode `respond` it becomes a call: it
/// takes the short way to a worker and back, and is answered when all that it caused is committed.
/// In the mode `accept` its event is recorded, and 202 says so.
@LoopActor
package final class HTTPIntake: HTTPHandler {
    let dispatcher: Dispatcher
    let store: any Store
    let pool: WorkerPool
    let limits: Limits
    let now: @Sendable () -> Instant
    private let triggers: [HTTPTrigger]
    private let routes: RouteTable
    /// The keys whose calls are under way in this host.
    var keysInFlight: Set<[UInt8]> = []
    private var random = SplitMix()

    /// Serves the routes of `triggers`, whose most specific one takes a request.
    package init(
        triggers: [HTTPTrigger], dispatcher: Dispatcher, store: any Store, pool: WorkerPool,
        limits: Limits, now: @escaping @Sendable () -> Instant
    ) {
        self.triggers = triggers
        routes = RouteTable(triggers.map(\.route))
        self.dispatcher = dispatcher
        self.store = store
        self.pool = pool
        self.limits = limits
        self.now = now
    }

    /// Finds the route before any byte of the body; what no route takes is answered here.
    package func accept(_ exchange: HTTPExchange) -> BodyPlan {
        let method = exchange.head.method.rawValue
        let match = exchange.head.pathBytes.withUnsafeBytes {
            routes.match(method: method, path: $0)
        }
        switch match {
        case .route(let place, let parameters):
            exchange.context = Routed(trigger: triggers[place], parameters: parameters)
            return .whole(bytesMax: triggers[place].bodyBytesMax)
        case .notFound:
            exchange.respond(problem: Problem(status: 404, detail: "no function has this path"))
        case .methodNotAllowed(let methods): answerMethod(exchange, allowed: methods)
        case .malformed:
            exchange.respond(
                problem: Problem(status: 400, detail: "a part of the path is no text in UTF-8"))
        }
        return .unwanted
    }

    /// Checks the key and runs or records the request; 503 while the disk is nearly full.
    package func respond(to exchange: HTTPExchange) {
        guard let routed = exchange.context as? Routed else { return }
        // because a caller that hangs up changes nothing: what its body became is kept and run
        exchange.keepBudget()
        guard dispatcher.isAccepting else { return answer(exchange, refusal: .diskFull) }
        switch idempotencyKey(exchange, routed.trigger) {
        case .refused: return
        case .none:
            if routed.trigger.mode == .accept { return record(exchange, routed, key: nil) }
            take(exchange, routed, nil)
        case .key(let key): takeKeyed(exchange, routed, key)
        }
    }

    /// What `accept` found and `respond` needs.
    final class Routed {
        let trigger: HTTPTrigger
        let parameters: [RequestData.Field]

        init(trigger: HTTPTrigger, parameters: [RequestData.Field]) {
            self.trigger = trigger
            self.parameters = parameters
        }
    }

    /// Runs or records a request, whose key, if it has one, is known to be free.
    func take(_ exchange: HTTPExchange, _ routed: Routed, _ hashes: CallHashes?) {
        let now = now()
        let id = EventID(callAt: now, random: random.next())
        let trigger = routed.trigger
        let event = RequestEvent.event(
            exchange, trigger, parameters: routed.parameters, now: now, callID: id)
        exchange.context = nil
        exchange.dropBody()
        let key = hashes.map {
            Call.Key(
                hash: $0.key, fingerprint: $0.fingerprint, expiresAt: now + limits.keysKept,
                responseBytesMax: limits.storedResponseBytesMax)
        }
        let call = Call(
            function: trigger.function.number, event: event, onceKey: hashes?.onceKey, key: key,
            mayRunAgain: key != nil || trigger.isIdempotentMethod
        ) { [self] answer in
            if let key { keysInFlight.remove(key.hash) }
            self.answer(exchange, with: answer, fingerprint: key?.fingerprint)
        }
        dispatcher.call(call)
    }

    /// Records a request for later and answers 202.
    func record(_ exchange: HTTPExchange, _ routed: Routed, key: String?) {
        let now = now()
        let trigger = routed.trigger
        let event = RequestEvent.event(
            exchange, trigger, parameters: routed.parameters, now: now, callID: nil)
        guard event.data.count <= limits.dataBytesMax else {
            return exchange.respond(
                problem: Problem(
                    status: 413,
                    detail: "an event carries at most \(limits.dataBytesMax) bytes; found "
                        + "\(event.data.count) with the request's head"))
        }
        exchange.dropBody()
        let recordKey = key.map {
            Record.Key(trigger: "http/\(trigger.name)", key: $0, expiresAt: now + limits.keysKept)
        }
        dispatcher.record(
            Record(event: event, key: recordKey, owed: [Owed(function: trigger.function.number)])
        ) { [self] answer in
            switch answer {
            case .recorded(let recorded): accepted(exchange, recorded)
            case .refused(let refusal): self.answer(exchange, refusal: refusal)
            default: preconditionFailure("a record is recorded or refused")
            }
        }
    }

    private func accepted(_ exchange: HTTPExchange, _ recorded: Recorded) {
        var json = JSONWriter()
        json.object {
            $0.member("id", recorded.event.description)
            $0.member("duplicate", recorded.isDuplicate)
        }
        var fields = ResponseFields()
        do throws(ResponseFieldError) {
            try fields.append("Content-Type", "application/json")
            try fields.append("Location", "/v1/events/\(recorded.event)")
        } catch {
            preconditionFailure("fields of our own can be sent: \(error)")
        }
        exchange.respond(202, fields, body: json.bytes)
    }

    private func answerMethod(_ exchange: HTTPExchange, allowed: [String]) {
        let list = allowed.joined(separator: ", ")
        if exchange.head.method == .options { return exchange.respond(204, ["Allow": "\(list)"]) }
        exchange.respond(
            problem: Problem(
                status: 405,
                detail: "\(exchange.head.method.rawValue) is not for this path; use \(list)"),
            ["Allow": "\(list)"])
    }
}
