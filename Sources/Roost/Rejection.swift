public import struct HTTPTypes.HTTPResponse

/// Thrown by a handler that will never want this event: it is not tried again.
public struct Rejection: Error, Sendable, CustomStringConvertible {
    /// Why, in words for whoever sent the event; nil where the status says enough.
    public let reason: String?
    /// What an HTTP function answers; 422 where none was given.
    public let status: HTTPResponse.Status

    /// Rejects for a reason; an HTTP function answers 422 with it.
    public init(_ reason: String) {
        self.reason = reason
        status = .unprocessableContent
    }

    /// Rejects with the status that an HTTP function answers.
    public init(status: HTTPResponse.Status, _ reason: String? = nil) {
        self.reason = reason
        self.status = status
    }

    public var description: String {
        reason ?? "\(status.code) \(status.title)"
    }
}

/// Thrown by a handler that knows when to try again; the attempt is charged like any failure.
public struct RetryLater: Error, Sendable {
    /// From now, at least zero.
    public let delay: Duration

    /// Asks for another attempt after `delay`, whatever the policy says of delays.
    public init(after delay: Duration) { self.delay = max(.zero, delay) }
}
