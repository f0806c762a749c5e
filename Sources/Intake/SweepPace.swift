/// When all of a bucket is walked again: a pure value.
///
/// Where nothing is missing a walk only makes sure, for network file systems tell nothing. Where
/// directories can't be watched it is all that finds their files, so it comes soon again, and yet
/// takes a twentieth of the time at most: a bucket that takes a second to walk is walked every 20.
struct SweepPace {
    private var beganAt: UInt64
    private var tookNanoseconds: UInt64 = 0

    private static let soonest: UInt64 = 5_000_000_000
    private static let latest: UInt64 = 600_000_000_000
    private static let share: UInt64 = 20

    /// Begins to count with the walk that a bucket starts with.
    init(at now: UInt64) { beganAt = now }

    /// A walk began.
    mutating func began(at now: UInt64) { beganAt = now }

    /// The last walk took so many nanoseconds.
    mutating func took(_ nanoseconds: UInt64) { tookNanoseconds = nanoseconds }

    /// - Parameter isIncomplete: something is not watched, or the last walk did not come to its end.
    func isDue(at now: UInt64, isIncomplete: Bool) -> Bool {
        guard isIncomplete else { return now - beganAt > Self.latest }
        let pause = min(tookNanoseconds, Self.latest / Self.share) * Self.share
        return now - beganAt > max(pause, Self.soonest)
    }
}
