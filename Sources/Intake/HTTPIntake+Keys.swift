import Contract
import EventLoop
import HTTPServer
import Invocations

extension HTTPIntake {
    enum KeyFound {
        case none
        case key(String)
        /// The request was answered.
        case refused
    }

    /// The request's key, as far as its trigger asks for one.
    func idempotencyKey(_ exchange: HTTPExchange, _ trigger: HTTPTrigger) -> KeyFound {
        guard trigger.idempotency != .off else { return .none }
        let values = exchange.head.values("idempotency-key")
        guard let value = values.first else {
            guard trigger.idempotency == .required else { return .none }
            exchange.respond(
                problem: Problem(
                    status: 400, title: "Idempotency-Key is missing",
                    detail:
                        "\(trigger.name) needs the header Idempotency-Key, such as a UUID, so that it "
                        + "can be sent again"))
            return .refused
        }
        do throws(IdempotencyKeyError) {
            guard values.count == 1 else { throw .several }
            return .key(try IdempotencyKey.read(value))
        } catch {
            exchange.respond(problem: Problem(status: 400, detail: "\(error)"))
            return .refused
        }
    }

    /// Finds out whether the key was used before, then takes the request.
    func takeKeyed(_ exchange: HTTPExchange, _ routed: Routed, _ key: String) {
        if routed.trigger.mode == .accept { return record(exchange, routed, key: key) }
        let scope = routed.trigger.keyScope
        let request = Fingerprint(exchange)
        guard request.body.count > hashedOnLoopBytesMax else {
            return look(exchange, routed, CallHashes(scope: scope, key: key, request: request))
        }
        Task {
            do {
                let hashes = try await offLoop {
                    CallHashes(scope: scope, key: key, request: request)
                }
                look(exchange, routed, hashes)
            } catch {
                answer(exchange, refusal: .overloaded)
            }
        }
    }

    private func look(_ exchange: HTTPExchange, _ routed: Routed, _ hashes: CallHashes) {
        guard keysInFlight.insert(hashes.key).inserted else {
            return exchange.respond(
                problem: Problem(
                    status: 409, title: "A request is outstanding for this Idempotency-Key",
                    detail:
                        "the first request with this key has not been answered; send it again later"
                ),
                ["Retry-After": "1"])
        }
        Task {
            do {
                guard
                    case .response(let stored) = try await store.read(
                        .response(keyHash: hashes.key))
                else { preconditionFailure("a response was asked for") }
                guard let stored, stored.expiresAt > now() else {
                    return take(exchange, routed, hashes)
                }
                keysInFlight.remove(hashes.key)
                replay(exchange, stored, fingerprint: hashes.fingerprint)
            } catch {
                keysInFlight.remove(hashes.key)
                answer(exchange, refusal: .broken("\(error)"))
            }
        }
    }

    /// Answers with what the first request was answered, or says that this is another one.
    func replay(_ exchange: HTTPExchange, _ stored: StoredResponse, fingerprint: [UInt8]) {
        guard stored.fingerprint == fingerprint else {
            return exchange.respond(
                problem: Problem(
                    status: 422, title: "Idempotency-Key is already used",
                    detail:
                        "the key came before with another method, target, content type or body; use "
                        + "a new key for a new request"))
        }
        var response = ResponseData(
            status: stored.status, fields: stored.fields, body: .whole(stored.body))
        response.fields.append(RequestData.Field("Idempotent-Replayed", "true"))
        answer(exchange, response, bodyOf: nil)
    }
}
