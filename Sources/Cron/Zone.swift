/// A time zone of the IANA database: what a clock on its walls shows at every instant.
///
/// It is the changes of that clock on record, and after them those that the zone's rule makes. The
/// Gregorian calendar repeats every 400 years, so the rule is written out for 400 years only, and
/// later instants are looked up there.
package struct Zone: Sendable {
    /// A time from which on the clock has an offset from UTC.
    struct Change: Sendable, Hashable {
        var start: Int
        /// In seconds, positive in the east.
        var offset: Int
    }

    /// The instants between two changes; all are seconds of the Unix clock.
    struct Stretch: Sendable, Hashable {
        let start: Int
        /// The first instant after it.
        let end: Int
        let offset: Int
        /// The local time at which the clock had arrived when the stretch began; what lies before
        /// it was shown already.
        let shownBefore: Int

        /// The local time with which it begins.
        var firstShown: Int { start + offset }
    }

    private static let secondsPerCycle = Int.daysPerCycle * Int.secondsPerDay
    /// Further off than any instant, near enough to be added to.
    private static let beginning = -1 << 50
    private static let end = 1 << 50

    /// As it was asked for, such as "Europe/Berlin".
    package let name: String
    /// In order, each with another offset than the one before; the first is at `beginning`.
    private let changes: [Change]
    /// Where the 400 years begin that repeat; `end` where no rule goes on.
    private let cycleStart: Int

    /// The changes on record are in order. Those of the rule count after the last one of them.
    init(name: String, recorded: [Change], offsetBefore: Int, rule: ZoneRule?) {
        self.name = name
        var changes = [Change(start: Self.beginning, offset: offsetBefore)]
        for change in recorded { changes.append(ifDifferent: change) }
        let recordedCount = changes.count
        let lastRecorded = recorded.last?.start ?? Int(UnixTime.earliest.seconds)
        for change in rule?.changes(after: lastRecorded) ?? [] {
            changes.append(ifDifferent: change)
        }
        let cycle = changes[recordedCount...]
        // A rule without summer time changes nothing again, and one that is all summer only once.
        cycleStart = cycle.count > 1 ? cycle[recordedCount].start : Self.end
        self.changes = changes
    }

    /// Coordinated Universal Time.
    package static let utc = Zone(name: "UTC", recorded: [], offsetBefore: 0, rule: nil)

    /// What the zone's clock shows at an instant less what one in UTC does, in seconds; from
    /// -26 hours to 26 hours, positive in the east.
    package func offsetSeconds(at time: UnixTime) -> Int { stretch(at: Int(time.seconds)).offset }

    /// The stretch that has this second of the Unix clock.
    func stretch(at second: Int) -> Stretch {
        let shift = cycleShift(of: second)
        let place = lastChange(notAfter: second - shift)
        let change = changes[place]
        let previous = changes[max(0, place - 1)]
        return Stretch(
            start: change.start + shift,
            end: (place + 1 < changes.count ? changes[place + 1].start : Self.end) + shift,
            offset: change.offset,
            shownBefore: change.start + shift + previous.offset)
    }

    /// How far an instant lies from the one in the table that stands for it.
    private func cycleShift(of second: Int) -> Int {
        let passed = second - cycleStart
        return passed < Self.secondsPerCycle
            ? 0 : passed / Self.secondsPerCycle * Self.secondsPerCycle
    }

    private func lastChange(notAfter second: Int) -> Int {
        var (low, high) = (0, changes.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if changes[middle].start <= second { low = middle } else { high = middle }
        }
        return low
    }

    /// The last local time at which a search that begins here can find what it has not found
    /// before: within the years up to 9999, a whole cycle after the last change on record.
    func lastSearched(from second: Int) -> Int {
        let settled = cycleStart == Self.end ? changes[changes.count - 1].start : cycleStart
        return min(
            Int(UnixTime.latest.seconds), max(second, settled) + Self.secondsPerCycle)
            + 2 * .secondsPerDay
    }
}

extension [Zone.Change] {
    /// Of changes at the same instant the last one counts.
    fileprivate mutating func append(ifDifferent change: Zone.Change) {
        if let last, last.start == change.start { removeLast() }
        if last?.offset != change.offset { append(change) }
    }
}
