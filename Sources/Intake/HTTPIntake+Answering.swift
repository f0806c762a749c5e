import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations
import Workers

extension HTTPIntake {
    /// Answers the caller of a call that was settled.
    func answer(_ exchange: HTTPExchange, with answer: Call.Answer, fingerprint: [UInt8]?) {
        switch answer {
        case .response(let response, let attempt): self.answer(exchange, response, bodyOf: attempt)
        case .failed(let outcome): self.answer(exchange, failed: outcome)
        case .replay(let stored): replay(exchange, stored, fingerprint: fingerprint ?? [])
        case .noSlot:
            exchange.respond(
                problem: Problem(
                    status: 503,
                    detail: "the function is paused, or no slot or worker came free in time; "
                        + "again later"),
                ["Retry-After": "1"])
        case .refused(let refusal): self.answer(exchange, refusal: refusal)
        }
    }

    func answer(_ exchange: HTTPExchange, refusal: Refusal) {
        if case .backlogFull = refusal {
            return exchange.respond(
                problem: Problem(
                    status: 429,
                    detail: "\(refusal); send it again later, with the same idempotency key"),
                ["Retry-After": "10"])
        }
        exchange.respond(
            problem: Problem(
                status: 503,
                detail: "nothing can be accepted now: \(refusal); send it again with the same "
                    + "idempotency key"),
            ["Retry-After": "5"])
    }

    /// A response of the worker's is checked like a stranger's.
    func answer(_ exchange: HTTPExchange, _ response: ResponseData, bodyOf attempt: AttemptNumber?)
    {
        var fields = ResponseFields()
        do throws(ResponseFieldError) {
            for field in response.fields { try fields.append(field.name, field.value) }
            if case .long(let bytes) = response.body {
                try fields.append("Content-Length", "\(bytes)")
            }
        } catch {
            if let attempt { pool.body(of: attempt)?.abandon() }
            return exchange.respond(
                problem: Problem(
                    status: 500, detail: "the function answered with a field that can't be sent"))
        }
        if case .whole(let body) = response.body {
            return exchange.respond(response.status, fields, body: body)
        }
        guard let attempt, let body = pool.body(of: attempt) else {
            return exchange.respond(
                problem: Problem(status: 502, detail: "the worker ended before it sent the body"))
        }
        stream(body, to: exchange, response.status, fields)
    }

    /// Hands a body on as fast as the client takes it: what it has not taken is not asked for again.
    private func stream(
        _ body: WorkerBody, to exchange: HTTPExchange, _ status: Int, _ fields: ResponseFields
    ) {
        exchange.beginStream(status, fields)
        guard !exchange.isClosed else { return body.abandon() }
        guard !exchange.head.isHead else {
            exchange.end()
            return body.abandon()
        }
        var unrenewed = 0
        exchange.onClose = { body.abandon() }
        exchange.onRoom = {
            body.renew(unrenewed)
            unrenewed = 0
        }
        body.start { bytes in
            exchange.write(bytes)
            if exchange.isFull {
                unrenewed += bytes.count
            } else {
                body.renew(unrenewed + bytes.count)
                unrenewed = 0
            }
        } onEnd: { isWhole in
            exchange.onClose = nil
            if isWhole { exchange.end() } else { exchange.abort() }
        }
    }

    private func answer(_ exchange: HTTPExchange, failed outcome: Outcome) {
        switch outcome {
        case .failed(_, let delay?):
            let seconds = max(1, Int(delay.seconds.rounded(.up)))
            exchange.respond(
                problem: Problem(status: 503, detail: "the function asks to be called again later"),
                ["Retry-After": "\(seconds)"])
        case .timedOut:
            exchange.respond(problem: Problem(status: 504, detail: "the function took too long"))
        case .interrupted:
            exchange.respond(
                problem: Problem(status: 503, detail: "the call was interrupted; send it again"),
                ["Retry-After": "1"])
        case .conflicted:
            exchange.respond(
                problem: Problem(
                    status: 503, detail: "what the function read kept changing; send it again"),
                ["Retry-After": "1"])
        case .failed, .crashed, .rejected, .succeeded:
            exchange.respond(problem: Problem(status: 500, detail: "the function failed"))
        }
    }
}
