/// The planned instants of a schedule.
package enum Timetable: Sendable {
    /// The instants of a pattern, read off a clock in a zone.
    case cron(CronPattern, zone: Zone, gap: GapRule = .after, repeated: RepeatRule = .first)
    case every(IntervalPattern)

    /// The first planned instant later than `time`, or nil where none comes before the year 10000.
    package func next(after time: UnixTime) -> UnixTime? {
        switch self {
        case .cron(let pattern, let zone, let gap, let repeated):
            pattern.next(after: time, in: zone, gap: gap, repeated: repeated)
        case .every(let interval): interval.next(after: time)
        }
    }

    /// The last planned instant that is later than `time` and not after `end`, or nil where there
    /// is none: what a host that was down in between has missed most recently.
    ///
    /// It asks for some forty next instants, however many there are: "does one come after this
    /// instant and not after the end" is true up to the last one and false from there on, so
    /// halving finds it.
    package func latest(after time: UnixTime, notAfter end: UnixTime) -> UnixTime? {
        guard var found = next(after: time), found <= end else { return nil }
        var bound = end
        while found < bound {
            let middle = UnixTime(seconds: found.seconds + (bound.seconds - found.seconds) / 2)
            if let later = next(after: middle), later <= end {
                found = later
            } else {
                bound = middle
            }
        }
        return found
    }

    /// The planned instants later than `time` and not after `end`, in order, at most `max` of them
    /// from the first on; each is worked out when it is asked for.
    package func instants(
        after time: UnixTime, through end: UnixTime = .latest, max: Int
    ) -> PlannedInstants {
        PlannedInstants(timetable: self, last: time, end: end, left: max)
    }
}

/// Planned instants, one after the other.
package struct PlannedInstants: Sequence, IteratorProtocol, Sendable {
    private let timetable: Timetable
    private var last: UnixTime
    private let end: UnixTime
    private var left: Int

    fileprivate init(timetable: Timetable, last: UnixTime, end: UnixTime, left: Int) {
        self.timetable = timetable
        self.last = last
        self.end = end
        self.left = left
    }

    package mutating func next() -> UnixTime? {
        guard left > 0, let next = timetable.next(after: last), next <= end else { return nil }
        left -= 1
        last = next
        return next
    }
}
