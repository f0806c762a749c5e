/// What a worker tells of an attempt that ended.
package struct Report: Sendable, Equatable {
    /// What the attempt came to, as its worker saw it: crashed and conflicted only the host finds
    /// out.
    package var outcome: Outcome
    /// When the handler began, and how long it ran.
    package var beganAt: Instant
    /// By the monotonic clock; it is sent in whole microseconds.
    package var duration: Duration
    /// The documents that it looked at; one of them changed meanwhile makes the attempt conflicted.
    package var reads: [DocumentRead]
    /// What it asked for, in order; dropped unless the outcome is a success.
    package var effects: [Effect]
    /// The answer of an HTTP function.
    package var response: ResponseData?

    /// Reads, effects and response are for those that had any.
    package init(
        outcome: Outcome, beganAt: Instant, duration: Duration, reads: [DocumentRead] = [],
        effects: [Effect] = [], response: ResponseData? = nil
    ) {
        self.outcome = outcome
        self.beganAt = beganAt
        self.duration = duration
        self.reads = reads
        self.effects = effects
        self.response = response
    }

    /// Appends it; traps on an outcome that only the host finds out.
    package func append(to bytes: inout [UInt8]) {
        outcome.append(to: &bytes)
        bytes.append(signed: beganAt.milliseconds)
        bytes.append(
            signed: duration.components.seconds * 1_000_000
                + duration.components.attoseconds / 1_000_000_000_000)
        bytes.append(count: reads.count)
        for read in reads {
            bytes.append(text: read.path)
            bytes.append(signed: read.version)
        }
        bytes.append(count: effects.count)
        for effect in effects { effect.append(to: &bytes) }
        bytes.append(response == nil ? 0 : 1)
        response?.append(to: &bytes)
    }

    /// Throws a `FrameError` where the payload is no report or goes on after it.
    package init(reading payload: UnsafeRawBufferPointer) throws(FrameError) {
        var reader = ByteReader(payload)
        outcome = try Outcome(from: &reader)
        beganAt = try reader.instant("start")
        duration = .microseconds(try reader.signed("duration"))
        reads = []
        for _ in 0..<(try reader.count("reads", bytesEach: 2)) {
            let path = try reader.text("read")
            reads.append(DocumentRead(path: path, version: try reader.signed("version")))
        }
        effects = []
        for _ in 0..<(try reader.count("effects", bytesEach: 2)) {
            effects.append(try Effect(from: &reader))
        }
        response = try reader.flag("response") ? try ResponseData(from: &reader) : nil
        guard reader.remaining == 0 else { throw .malformed(what: "end") }
    }
}

extension Outcome {
    fileprivate func append(to bytes: inout [UInt8]) {
        switch self {
        case .succeeded: bytes.append(0)
        case .rejected(let reason):
            bytes.append(1)
            bytes.append(text: reason)
        case .failed(let error, let retryAfter):
            bytes.append(2)
            bytes.append(text: error)
            bytes.append(signed: retryAfter?.milliseconds ?? -1)
        case .timedOut: bytes.append(3)
        case .crashed, .conflicted: preconditionFailure("only the host finds this out")
        case .interrupted(let reason):
            bytes.append(4)
            bytes.append(text: reason.rawValue)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(FrameError) {
        switch try reader.byte("outcome") {
        case 0: self = .succeeded
        case 1: self = .rejected(reason: try reader.text("reason"))
        case 2:
            let error = try reader.text("error")
            let delay = try reader.signed("delay")
            self = .failed(error: error, retryAfter: delay < 0 ? nil : .milliseconds(delay))
        case 3: self = .timedOut
        case 4:
            guard let reason = Interruption(rawValue: try reader.text("reason")) else {
                throw .malformed(what: "reason")
            }
            self = .interrupted(reason)
        default: throw .malformed(what: "outcome")
        }
    }
}
