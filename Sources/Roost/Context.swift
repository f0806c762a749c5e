public import Contract
import EventLoop

public import struct Logging.Logger

/// What a handler knows of its attempt, and what it may ask for.
///
/// Writes wait until the handler has returned, and are committed with its success or not at all.
/// Reads see what is committed, and what they saw is checked again at the commit: where it has
/// changed, nothing is written and the handler runs again, uncharged.
public struct Context: Sendable {
    let running: Attempt

    /// What happened.
    public var event: Event { running.delivery.event }

    /// What is owed: the same in every attempt.
    public var invocation: String { running.delivery.invocation.description }

    /// Counts every run of the invocation, from 1, charged or not.
    public var attempt: Int { running.delivery.attempt }

    /// Which customer the event belongs to; "default" until tenants come.
    public var tenant: String { running.delivery.event.tenant }

    /// When the attempt will be cancelled.
    public var deadline: ContinuousClock.Instant {
        let now = LoopActor.uptimeNanoseconds
        let ran = now - min(now, running.beganNanoseconds ?? now)
        return .now + running.delivery.timeout - .nanoseconds(Int64(clamping: ran))
    }

    /// One text for one piece of work: the same in every attempt, and in every call that is sent
    /// again with the same `Idempotency-Key`; another for every function.
    public var onceKey: String { running.delivery.onceKey ?? invocation }

    /// Writes lines to the host's log, with the function, the event and the attempt.
    ///
    /// Lines of level `info` and above go out; the variable `LOG_LEVEL` of the host's environment
    /// says otherwise. Where more waits than the host takes, lines are dropped and counted.
    public var logger: Logger {
        let attempt = running
        return Logger(label: "roost.function") { _ in AttemptLog(attempt: attempt) }
    }

    /// The value of a secret that the function declares.
    ///
    /// The host read it at its start from `ROOST_SECRET_NAME` or a file in `secrets/`.
    public func secret(_ name: String) throws(ContextError) -> String {
        let isDeclared = running.secrets?.contains(name) ?? true
        guard isDeclared, let value = running.host.secret(name) else {
            throw .undeclaredSecret(name: name)
        }
        return value
    }
}
