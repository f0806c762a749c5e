/// What a listener has done since it began.
package struct HTTPCounters: Sendable, Equatable {
    /// Connections that were accepted.
    package internal(set) var connections = 0
    /// Heads that were read whole and found right.
    package internal(set) var requests = 0
    /// Bytes that came in, framing included.
    package internal(set) var bytesIn = 0
    /// Bytes that were given to connections, framing included.
    package internal(set) var bytesOut = 0
    /// Requests that the listener itself refused, whatever the reason.
    package internal(set) var rejected = 0
    /// Requests among those that came too slowly.
    package internal(set) var timedOut = 0
    /// Requests among those that found no budget for their body.
    package internal(set) var overBudget = 0
    /// Connections closed because their client took nothing of its answer.
    package internal(set) var stalled = 0
    /// Answers that ended early: the client left, or the writer gave up.
    package internal(set) var aborted = 0
}
