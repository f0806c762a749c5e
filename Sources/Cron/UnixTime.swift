/// A second of the Unix clock, counted from 1970-01-01T00:00:00Z without leap seconds.
///
/// It stays within the years 1 to 9999: what is given beyond them becomes the nearer end, so sums
/// made from one never overflow. A time with a fraction is rounded down before it is handed in.
package struct UnixTime: Sendable, Hashable, Comparable {
    /// From `earliest` to `latest`, whatever was given.
    package let seconds: Int64

    /// Becomes the nearer end where it lies beyond the years 1 to 9999.
    package init(seconds: Int64) {
        self.seconds = max(Self.earliestSeconds, min(seconds, Self.latestSeconds))
    }

    /// Nil beyond the years 1 to 9999.
    init?(exactly second: Int) {
        self.init(seconds: Int64(second))
        guard seconds == second else { return nil }
    }

    /// The first second of the year 1.
    package static let earliest = UnixTime(seconds: earliestSeconds)

    /// The last second of the year 9999.
    package static let latest = UnixTime(seconds: latestSeconds)

    private static var earliestSeconds: Int64 { -62_135_596_800 }
    private static var latestSeconds: Int64 { 253_402_300_799 }

    package static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.seconds < right.seconds
    }
}
