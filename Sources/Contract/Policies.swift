/// How a function is run: what its author asked for, or the operator in its place.
public struct Policies: Sendable, Equatable, Codable {
    /// How long one attempt may take, from the start of the handler.
    package var timeoutMilliseconds: Int64
    /// When a charged attempt is followed by another.
    package var retry: Retry
    /// How long attempts may go on, from the start of the first; looked at when one was charged.
    package var maxAgeMilliseconds: Int64
    /// How many invocations may run at once; nil for as many as there are slots.
    package var concurrencyMax: Int?
    /// How often its turn comes when others have work too.
    package var priority: Priority
    /// How long a chain of events may become before it is taken for a loop.
    package var depthMax: Int

    /// The defaults: a minute an attempt, 20 attempts in up to a day.
    package init(
        timeout: Duration = .seconds(60), retry: Retry = .exponential(),
        maxAge: Duration = .hours(24),
        concurrencyMax: Int? = nil, priority: Priority = .normal,
        depthMax: Int = Policies.depthMaxDefault
    ) {
        timeoutMilliseconds = timeout.milliseconds
        self.retry = retry
        maxAgeMilliseconds = maxAge.milliseconds
        self.concurrencyMax = concurrencyMax
        self.priority = priority
        self.depthMax = depthMax
    }

    /// How many events may lead to one another where a function says nothing.
    package static let depthMaxDefault = 32

    /// How long one attempt may take.
    package var timeout: Duration { .milliseconds(timeoutMilliseconds) }
    /// How long attempts may go on in all.
    package var maxAge: Duration { .milliseconds(maxAgeMilliseconds) }
}

/// Which function's turn comes how often when several have work.
public enum Priority: String, Sendable, Codable, CaseIterable {
    case low, normal, high

    /// Turns in a round: 1, 2 or 4.
    package var weight: Int {
        switch self {
        case .low: 1
        case .normal: 2
        case .high: 4
        }
    }
}

/// What an HTTP trigger does with the header `Idempotency-Key`.
public enum Idempotency: String, Sendable, Codable {
    /// The header is ignored.
    case off
    /// A request with a key is run once; one without is run each time.
    case optional
    /// A request without a key is refused.
    case required
}

/// When the caller of an HTTP trigger is answered.
public enum Mode: String, Sendable, Codable {
    /// With the handler's response.
    case respond
    /// With 202 as soon as the event is recorded: the mode for webhooks.
    case accept
}
