import Synchronization

/// Counts delays in steps of ten microseconds, up to a second.
public final class DelayCounts: Sendable {
    public static let stepMicroseconds = 10
    private static let stepsMax = 100_000

    private let counts = Mutex([Int](repeating: 0, count: stepsMax + 1))

    public init() {}

    /// What lies outside is counted at the nearest end: a clock that was set back says zero.
    public func add(microseconds: Int) {
        let step = min(max(microseconds / Self.stepMicroseconds, 0), Self.stepsMax)
        counts.withLock { $0[step] += 1 }
    }

    /// Each step that was met, and how often.
    public var counted: [[Int]] {
        counts.withLock { counts in
            counts.indices.filter { counts[$0] > 0 }.map { [$0, counts[$0]] }
        }
    }
}
