/// Instants at equal distances: the multiples of an interval since 1970-01-01T00:00:00Z.
///
/// They depend neither on when the host started nor on how long a run took, so they do not drift;
/// an interval of a day runs at midnight in UTC.
package struct IntervalPattern: Sendable, Hashable, CustomStringConvertible {
    /// In whole seconds, 1 or more.
    package let seconds: Int64

    /// Throws where the interval is no whole number of seconds or none at all.
    package init(_ interval: Duration) throws(IntervalError) {
        let (seconds, attoseconds) = interval.components
        guard seconds >= 1, attoseconds == 0 else { throw IntervalError(interval: interval) }
        self.seconds = seconds
    }

    /// The first multiple later than `time`, or nil where none comes before the year 10000.
    package func next(after time: UnixTime) -> UnixTime? {
        let last = latest(notAfter: time)
        let (next, overflow) = last.addingReportingOverflow(seconds)
        return overflow ? nil : UnixTime(exactly: Int(next))
    }

    /// The last multiple that is later than `time` and not after `end`, or nil where there is none.
    package func latest(after time: UnixTime, notAfter end: UnixTime) -> UnixTime? {
        let last = latest(notAfter: end)
        return last > time.seconds ? UnixTime(exactly: Int(last)) : nil
    }

    /// It lies before the year 1 where the interval is longer than the time since.
    private func latest(notAfter time: UnixTime) -> Int64 {
        let past = time.seconds % seconds
        let distance = past < 0 ? past + seconds : past
        let (last, overflow) = time.seconds.subtractingReportingOverflow(distance)
        return overflow ? .min : last
    }

    package var description: String { "every \(Duration.seconds(seconds))" }
}

/// An interval at which nothing can run.
package struct IntervalError: Error, Equatable, CustomStringConvertible {
    /// As it was given.
    package var interval: Duration

    /// Made where the interval is read.
    package init(interval: Duration) { self.interval = interval }

    /// Such as `interval of 0.5 seconds, expected a whole number of seconds, 1 or more`.
    package var description: String {
        "interval of \(interval), expected a whole number of seconds, 1 or more"
    }
}
