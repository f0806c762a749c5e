/// What an attempt came to.
package enum Outcome: Sendable, Equatable {
    case succeeded
    /// The handler refused the event for good: `Rejection`, or data that does not decode.
    case rejected(reason: String)
    /// The handler threw; `retryAfter` is what `RetryLater` asked for.
    case failed(error: String, retryAfter: Duration?)
    case timedOut
    /// The worker died and this invocation did it.
    case crashed(error: String)
    /// What it read had changed by the time it was committed.
    case conflicted(paths: [String])
    /// It ended through no fault of its own.
    case interrupted(Interruption)

    /// Only these count against the attempts that the policy allows.
    package var isCharged: Bool {
        switch self {
        case .failed, .timedOut, .crashed: true
        case .succeeded, .rejected, .conflicted, .interrupted: false
        }
    }

    /// The word that people see.
    package var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .rejected: "rejected"
        case .failed: "failed"
        case .timedOut: "timed out"
        case .crashed: "crashed"
        case .conflicted: "conflicted"
        case .interrupted: "interrupted"
        }
    }

    /// What went wrong, or nil where nothing did.
    package var error: String? {
        switch self {
        case .succeeded: nil
        case .rejected(let reason): reason
        case .failed(let error, _): error
        case .timedOut: "the handler did not end within its timeout and grace"
        case .crashed(let error): error
        case .conflicted(let paths): "changed while it ran: \(paths.joined(separator: ", "))"
        case .interrupted(let reason): reason.rawValue
        }
    }
}

/// Why an attempt ended through no fault of its own.
package enum Interruption: String, Sendable, Equatable {
    case drained = "the host was stopping"
    case cancelled = "it was cancelled"
    case neighbour = "another invocation ended the worker"
    case host = "the host ended"
    /// The worker died, nobody knows by whom, and several were inside.
    case suspected = "the worker died and this invocation may have done it"
    case leaseLost = "its lease was lost"
    case workerUnavailable = "no worker could take it"
}
