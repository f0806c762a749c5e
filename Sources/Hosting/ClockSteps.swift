package import Contract

/// Sees the wall clock being set back, by a look at both clocks from time to time: a pure value.
package struct ClockSteps {
    /// What the wall clock was ahead of the uptime at the last look, in milliseconds.
    private var ahead: Int64?

    /// Less is how clocks are kept right: a little slower, or a leap second.
    package static let stepMin = Duration.milliseconds(1_500)

    /// Has not looked yet.
    package init() {}

    /// By how much the clock was set back since the last look, or nil.
    package mutating func step(wall: Instant, uptimeNanoseconds: UInt64) -> Duration? {
        let now = wall.milliseconds - Int64(uptimeNanoseconds / 1_000_000)
        defer { ahead = now }
        guard let ahead, .milliseconds(ahead - now) >= Self.stepMin else { return nil }
        return .milliseconds(ahead - now)
    }
}
