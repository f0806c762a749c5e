// From local time to instants and back.
//
// Between two changes of its clock a zone is one straight stretch: the instant is the local time
// less the offset. So the search asks the fields for the next matching local time, which knows
// nothing of zones, and then walks the stretches until one shows that local time or a change of the
// clock jumps over it. Only a stretch that begins by showing again what was passed before the
// search began makes it ask the fields anew.

/// What becomes of a fixed time that a clock jumps over in spring.
package enum GapRule: String, Sendable, Hashable, CaseIterable {
    /// It runs at the first instant after the gap; several run as one.
    case after
    /// It does not run on that day.
    case skip
}

/// How often a fixed time runs that a clock shows twice in autumn.
package enum RepeatRule: String, Sendable, Hashable, CaseIterable {
    /// When it is shown first.
    case first
    /// Each time it is shown.
    case both
}

extension CronPattern {
    /// The first instant later than `time` at which the pattern runs, or nil where none comes
    /// before the year 10000.
    ///
    /// The two rules are for patterns whose times are fixed. All others follow the clock on the
    /// wall: they do not run in a gap and run in both passes of a repeat. It neither allocates nor
    /// looks further than 400 years beyond the changes of the zone's clock that are on record.
    package func next(
        after time: UnixTime, in zone: Zone, gap: GapRule = .after, repeated: RepeatRule = .first
    ) -> UnixTime? {
        guard hasDates else { return nil }
        let runsOnce = isFixed && repeated == .first
        let last = zone.lastSearched(from: Int(time.seconds))
        var stretch = zone.stretch(at: Int(time.seconds))
        var floor = Int(time.seconds) + 1 + stretch.offset
        if runsOnce { floor = max(floor, stretch.shownBefore) }
        while let local = localTime(from: floor), local <= last {
            switch zone.showing(of: local, from: stretch, passed: runsOnce ? .min : floor) {
            case .instant(let second): return UnixTime(exactly: second)
            case .jumpedOver(let later) where isFixed && gap == .after:
                return UnixTime(exactly: later.start)
            case .jumpedOver(let later), .wentBack(let later):
                stretch = later
                floor = later.firstShown
            }
        }
        return nil
    }

    /// The first local time that the fields match and that is not before this one, in seconds as
    /// if the zone were UTC.
    private func localTime(from second: Int) -> Int? {
        let (day, time) = second.dividedFloored(by: .secondsPerDay)
        guard var matching = days.first(from: day) else { return nil }
        if matching == day {
            if let found = times.first(from: time) { return day * .secondsPerDay + found }
            guard let later = days.first(from: day + 1) else { return nil }
            matching = later
        }
        return matching * .secondsPerDay + times.first
    }
}

extension Zone {
    /// What a clock does with a local time that is still to come.
    fileprivate enum Showing {
        /// It shows it at this second.
        case instant(Int)
        /// It never shows it, for this stretch begins after it.
        case jumpedOver(Stretch)
        /// Before that, this stretch begins by showing again what was passed.
        case wentBack(Stretch)
    }

    /// Follows the clock from a stretch on until it comes to a local time, or to one it has passed.
    fileprivate func showing(of local: Int, from stretch: Stretch, passed floor: Int) -> Showing {
        var stretch = stretch
        while local >= stretch.end + stretch.offset {
            stretch = self.stretch(at: stretch.end)
            if local < stretch.firstShown { return .jumpedOver(stretch) }
            if stretch.firstShown < floor { return .wentBack(stretch) }
        }
        return .instant(local - stretch.offset)
    }
}
