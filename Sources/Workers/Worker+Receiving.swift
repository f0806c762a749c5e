import Contract
import EventLoop
import Invocations

extension Worker {
    /// Takes one frame; throws where it is none that a worker may send now.
    func take(
        _ kind: UInt8, _ id: UInt32, _ payload: UnsafeRawBufferPointer, _ pool: WorkerPool
    ) throws {
        guard !isDistrusted else { return }
        guard let kind = Frame.WorkerKind(rawValue: kind) else {
            throw FrameError.unknownKind(kind)
        }
        if state == .ended { return try takeLate(kind, id, payload, pool) }
        switch kind {
        case .hello:
            guard state == .starting, readyAt == nil else {
                throw FrameError.malformed(what: "time")
            }
            pool.greeted(self, try Hello(reading: payload))
        case .refusal: refused(payload, pool)
        case .outcome: try ended(id, try Report(reading: payload), pool)
        case .body: try takeBody(id, payload, pool)
        case .window:
            var reader = ByteReader(payload)
            let bytes = try reader.number("window")
            guard bytes <= UInt64(Frame.bodyWindowBytes) else {
                throw FrameError.malformed(what: "window")
            }
            inside[id]?.credit += Int(bytes)
            sendData(id)
        case .read:
            let (number, question) = try WorkerRead.read(payload)
            guard inside[id] != nil else { return }
            pool.asked(self, id, number, question)
        case .log: pool.logged(id, try WorkerLog(reading: payload), by: self)
        case .alive: break
        case .stuck: try stuck(payload, pool)
        }
    }

    /// What was on its way when the worker ended, or was ended by the host: what it told counts,
    /// what it asks for does not.
    private func takeLate(
        _ kind: Frame.WorkerKind, _ id: UInt32, _ payload: UnsafeRawBufferPointer,
        _ pool: WorkerPool
    ) throws {
        switch kind {
        case .refusal: refused(payload, pool)
        case .outcome: try ended(id, try Report(reading: payload), pool)
        case .body: try takeBody(id, payload, pool)
        case .log: pool.logged(id, try WorkerLog(reading: payload), by: self)
        case .hello, .window, .read, .alive, .stuck: break
        }
    }

    private func refused(_ payload: UnsafeRawBufferPointer, _ pool: WorkerPool) {
        pool.refused(self, String(decoding: payload.prefix(64 * 1024), as: UTF8.self))
    }

    private func ended(_ id: UInt32, _ report: Report, _ pool: WorkerPool) throws {
        guard let attempt = inside[id], attempt.gathering == nil else {
            throw FrameError.malformed(what: "outcome, for an attempt that it does not run")
        }
        guard let response = report.response,
            report.outcome == .succeeded || report.outcome.isRejection,
            response.hasFramedBody
        else {
            if report.outcome == .timedOut { outlasted(id, pool) }
            inside[id] = nil
            pool.attemptEnded(AttemptEnd(attempt: AttemptNumber(id), report: report, worker: pid))
            return leaveIfIdle()
        }
        // Nobody is left to send the body: the attempt is judged with the worker.
        if state == .ended, attempt.body != .dropped { return }
        answered.insert(id)
        switch attempt.body {
        case .dropped:
            send(.abandon, id) { _ in }
            inside[id] = nil
            pool.attemptEnded(AttemptEnd(attempt: AttemptNumber(id), report: report, worker: pid))
            leaveIfIdle()
        case .handedOn:
            bodies[id] = WorkerBody(attempt: AttemptNumber(id), worker: self)
            inside[id] = nil
            pool.attemptEnded(AttemptEnd(attempt: AttemptNumber(id), report: report, worker: pid))
        case .gathered(let bytesMax): gather(id, report, response, bytesMax)
        }
    }

    /// The worker is retired first: the slot that its attempt leaves is for no other.
    private func outlasted(_ id: UInt32, _ pool: WorkerPool) {
        answered.insert(id)
        pool.timedOut(self)
    }

    private func gather(_ id: UInt32, _ report: Report, _ response: ResponseData, _ bytesMax: Int) {
        inside[id]?.gathering = (report, [])
        let body = WorkerBody(attempt: AttemptNumber(id), worker: self)
        bodies[id] = body
        body.start { [self] bytes in
            guard var attempt = inside[id], let gathered = attempt.gathering?.body else { return }
            guard gathered.count + bytes.count <= bytesMax else { return body.abandon() }
            attempt.gathering?.body.append(contentsOf: bytes)
            inside[id] = attempt
            body.renew(bytes.count)
        } onEnd: { [self] isWhole in
            gathered(id, isWhole, bytesMax)
        }
    }

    private func gathered(_ id: UInt32, _ isWhole: Bool, _ bytesMax: Int) {
        guard let gathering = inside.removeValue(forKey: id)?.gathering else { return }
        var report = gathering.report
        if isWhole {
            report.response?.body = .whole(gathering.body)
        } else {
            report = Report(
                outcome: .failed(
                    error:
                        "the response's body broke off or is longer than the \(bytesMax) bytes that a "
                        + "call with an idempotency key may answer",
                    retryAfter: nil),
                beganAt: report.beganAt, duration: report.duration)
        }
        pool.attemptEnded(AttemptEnd(attempt: AttemptNumber(id), report: report, worker: pid))
    }

    private func takeBody(_ id: UInt32, _ payload: UnsafeRawBufferPointer, _ pool: WorkerPool)
        throws
    {
        guard let flag = payload.first, flag <= 2 else { throw FrameError.truncated(what: "body") }
        if flag > 0 { answered.remove(id) }
        // What was abandoned may still be on its way.
        guard let body = bodies[id] else { return }
        let bytes = UnsafeRawBufferPointer(rebasing: payload[1...])
        guard bytes.count <= Frame.bodyBytesMax,
            body.take(bytes, isLast: flag == 1, isAborted: flag == 2)
        else { throw FrameError.oversize(found: bytes.count, max: Frame.bodyBytesMax) }
        if body.isEnded { forget(body) }
    }

    private func stuck(_ payload: UnsafeRawBufferPointer, _ pool: WorkerPool) throws {
        var reader = ByteReader(payload)
        var attempts: Set<UInt32> = []
        for _ in 0..<(try reader.count("stuck attempts")) {
            attempts.insert(UInt32(truncatingIfNeeded: try reader.number("attempt")))
        }
        pool.stuck(self, attempts)
    }
}

extension Outcome {
    fileprivate var isRejection: Bool {
        if case .rejected = self { true } else { false }
    }
}

extension ResponseData {
    fileprivate var hasFramedBody: Bool {
        switch body {
        case .whole: false
        case .long, .streamed: true
        }
    }
}
