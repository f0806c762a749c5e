/// What a client allows, each with its default.
package struct HTTPClientLimits: Sendable, Equatable {
    /// How long finding the host, connecting and the TLS handshake may take together: 10 s.
    package var connect: Duration = .seconds(10)
    /// How long a call may take from beginning to end where the request says nothing: 60 s.
    package var whole: Duration = .seconds(60)
    /// How long not one byte may move, the wait for the answer included: 30 s, counted in whole
    /// seconds, at least one. A request with a longer timeout of its own may wait as long as that.
    package var stalled: Duration = .seconds(30)
    /// The body of an answer: 8 MiB.
    package var bodyBytesMax = 8 * 1024 * 1024
    /// The status line and fields of all answers of a call, redirects included: 64 KiB.
    package var headBytesMax = 64 * 1024
    /// How many redirects a GET or HEAD follows, within its scheme: 5. None where it is 0.
    package var redirectsMax = 5
    /// Calls under way and waiting for a connection: 1024; one more is refused.
    package var transfersMax = 1024
    /// Connections to one host at a time: 64; more calls wait, and their time runs.
    package var connectionsPerHostMax = 64
    /// Connections at a time: 256.
    package var connectionsMax = 256
    /// Connections that are kept open for the next call: 64.
    package var idleConnectionsMax = 64

    /// The defaults, which change single members.
    package init() {}
}
