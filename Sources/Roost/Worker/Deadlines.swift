import Contract
import EventLoop

/// What is to be done about attempts that take too long: the rule, without a clock.
///
/// At the timeout an attempt is cancelled. When the grace is over too it has timed out, provided
/// that the pool has turned since the cancelling, so that the handler had a chance to hear of it.
/// A pool that stands still is another matter: then only what sits on its threads is to blame.
struct Deadlines {
    var grace: Duration

    /// How often deadlines are looked at while anything runs.
    static let tick = Duration.milliseconds(50)
    /// How much later than planned a look may come before the process counts as having been away.
    static let absenceNanoseconds: UInt64 = 1_000_000_000
    /// How long the pool may leave a probe waiting before its threads are asked.
    static let silenceNanoseconds: UInt64 = 2_000_000_000

    enum Verdict: Equatable {
        case wait, cancel, overdue
    }

    /// - Parameters:
    ///   - began: when the handler began, nil while it has not.
    ///   - cancelled: when it was cancelled for taking too long, nil while it was not.
    func verdict(
        began: UInt64?, cancelled: UInt64?, timeout: Duration, now: UInt64
    ) -> Verdict {
        if let cancelled {
            return now >= cancelled + grace.nanoseconds ? .overdue : .wait
        }
        guard let began, now >= began + timeout.nanoseconds else { return .wait }
        return .cancel
    }

    /// How long the process was away between two looks; 0 where it was not.
    static func absence(since last: UInt64, now: UInt64) -> UInt64 {
        let elapsed = now - min(now, last)
        let expected = tick.nanoseconds
        return elapsed > expected + absenceNanoseconds ? elapsed - expected : 0
    }
}

extension Duration {
    /// Whole nanoseconds; 0 for what is negative, and a bound of some centuries.
    var nanoseconds: UInt64 {
        UInt64(max(0, min(milliseconds, Int64.max / 4_000_000))) * 1_000_000
            + UInt64(max(0, components.attoseconds) / 1_000_000_000 % 1_000_000)
    }
}
