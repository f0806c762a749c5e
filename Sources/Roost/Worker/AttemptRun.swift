import Contract
import EventLoop

/// Runs one attempt's handler on the pool, and reports what it came to.
struct AttemptRun: Sendable {
    let attempt: Attempt
    let host: WorkerHost

    /// Runs to the end of the response's body, where there is one.
    func run() async {
        AlternateStack.prepareThread()
        await RunningAttempt.$number.withValue(attempt.number) {
            await attempt.run { await handle() }
        }
    }

    private func handle() async {
        let beganAt = Instant.now
        attempt.begin()
        guard attempt.cancelled != .byHost else {
            return report(.interrupted(.cancelled), beganAt: beganAt)
        }
        do {
            let context = Context(running: attempt)
            let answer = try await host.registrations[function].run(attempt.delivery, context)
            if let response = answer.response {
                await respond(response, beganAt: beganAt)
            } else {
                report(.succeeded, beganAt: beganAt)
            }
        } catch {
            let input = host.registrations[function].declaration.input
            let failure = Failure(error, of: attempt, input: input)
            report(failure.outcome, response: failure.response, beganAt: beganAt)
        }
    }

    private var function: Int { attempt.delivery.function }

    private func respond(_ response: WebResponse, beganAt: Instant) async {
        let data = response.data()
        if let fault = fault(of: data) {
            return report(.failed(error: fault, retryAfter: nil), beganAt: beganAt)
        }
        if case .whole = data.body { return report(.succeeded, response: data, beganAt: beganAt) }
        host.bodies.open(attempt.number)
        guard attempt.end() else {
            host.bodies.close(attempt.number)
            host.discard(attempt.close(as: .ended).effects)
            return host.outbox.add(ending: attempt.number) { _ in }
        }
        let closed = attempt.close(as: .committed)
        add(.succeeded, response: data, closed, beganAt: beganAt, isLast: false)
        await OutgoingBody(attempt: attempt.number, host: host).send(response.body)
    }

    private func report(_ outcome: Outcome, response: ResponseData? = nil, beganAt: Instant) {
        let closed = attempt.close(as: .ended)
        guard attempt.end() else {
            host.discard(closed.effects)
            return host.outbox.add(ending: attempt.number) { _ in }
        }
        let succeeded = outcome == .succeeded
        if !succeeded { host.discard(closed.effects) }
        let kept = succeeded ? closed : (closed.reads, [])
        add(outcome, response: response, kept, beganAt: beganAt, isLast: true)
    }

    private func add(
        _ outcome: Outcome, response: ResponseData?,
        _ closed: (reads: [DocumentRead], effects: [Effect]), beganAt: Instant, isLast: Bool
    ) {
        let ran = LoopActor.uptimeNanoseconds - (attempt.beganNanoseconds ?? 0)
        let report = Report(
            outcome: outcome, beganAt: beganAt, duration: .nanoseconds(Int64(clamping: ran)),
            reads: closed.reads, effects: closed.effects, response: response)
        host.outbox.add(ending: isLast ? attempt.number : nil) { bytes in
            bytes.append(.outcome, id: attempt.number, report.append)
        }
    }

    /// Why a response can't be sent, or nil.
    private func fault(of response: ResponseData) -> String? {
        guard (200...599).contains(response.status) else {
            return "the response has status \(response.status), expected 200 to 599"
        }
        let headBytes = response.fields.reduce(0) {
            $0 + $1.name.utf8.count + $1.value.utf8.count + 4
        }
        guard headBytes <= Self.headBytesMax else {
            return "the response has \(headBytes) bytes of header fields, "
                + "where \(Self.headBytesMax) are the most"
        }
        if case .long(let bytes) = response.body, bytes > host.responseBytesMax {
            return "the response's body has \(bytes) bytes, where \(host.responseBytesMax) are the "
                + "most; stream it: .stream { writer in … }"
        }
        return nil
    }

    private static let headBytesMax = 64 * 1024
}

/// What a thrown error makes of an attempt.
struct Failure {
    let outcome: Outcome
    let response: ResponseData?

    static let errorBytesMax = 4 * 1024

    init(_ error: any Error, of attempt: Attempt, input: InputKind) {
        let isRequest = input == .request
        switch error {
        case let error as Rejection: self.init(error, isRequest: isRequest)
        case let error as UnreadableInput: self.init(unreadable: error.reason, isRequest: isRequest)
        case let error as UnreadableBody:
            self.init(unreadable: error.description, isRequest: isRequest)
        case let error as RetryLater:
            let text = "the handler asked to be run again in \(error.delay)"
            self.init(.failed(error: text, retryAfter: error.delay))
        default: self.init(Self.outcome(of: error, cancelled: attempt.cancelled))
        }
    }

    private init(_ outcome: Outcome, response: ResponseData? = nil) {
        self.outcome = outcome
        self.response = response
    }

    private init(_ rejection: Rejection, isRequest: Bool) {
        guard (400...599).contains(rejection.status.code) else {
            let text = "a Rejection has status \(rejection.status.code), expected 400 to 599"
            self.init(.failed(error: text, retryAfter: nil))
            return
        }
        let problem = isRequest ? Problem(rejection.status, rejection.reason?.bounded) : nil
        self.init(.rejected(reason: rejection.description.bounded), response: problem?.response)
    }

    private init(unreadable reason: String, isRequest: Bool) {
        let problem = isRequest ? Problem(.badRequest, reason.bounded) : nil
        self.init(.rejected(reason: reason.bounded), response: problem?.response)
    }

    private static func outcome(
        of error: any Error, cancelled: Attempt.Cancellation
    ) -> Outcome {
        switch cancelled {
        case .timeout: .timedOut
        case .byHost where error is CancellationError: .interrupted(.cancelled)
        case .byHost, .none: .failed(error: "\(error)".bounded, retryAfter: nil)
        }
    }
}

extension String {
    fileprivate var bounded: String { prefixed(bytes: Failure.errorBytesMax) }
}
