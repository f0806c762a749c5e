/// How a zone's clock changes every year, after the last change that is on record: the rule that
/// POSIX writes as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable, Hashable {
    /// A day that comes once a year.
    enum YearDay: Sendable, Hashable {
        /// From 1 to 365; February 29 has no number.
        case withoutLeapDay(Int)
        /// From 0 to 365; February 29 is 59.
        case withLeapDay(Int)
        /// The how-manyth such weekday of a month, where 5 is the last; Sunday is 0.
        case weekday(Int, week: Int, month: Int)
    }

    /// A day and the time on it, which may lie a week before or after.
    struct Moment: Sendable, Hashable {
        var day: YearDay
        /// From the day's midnight on, by the clock as it was before.
        var second: Int
    }

    /// What is shown for a part of the year. Ireland calls it winter time, and it is earlier.
    struct Summer: Sendable, Hashable {
        var offset: Int
        var start: Moment
        var end: Moment
    }

    /// In seconds, positive in the east.
    var standardOffset: Int
    var summer: Summer?

    /// The changes after an instant, in order, for a little more than 400 years. Of two at the same
    /// instant, the end of one summer and the start of the next, the last one counts.
    func changes(after second: Int) -> [Zone.Change] {
        guard let summer else { return [] }
        let day = second.dividedFloored(by: .secondsPerDay).quotient
        let firstYear = CalendarMonth(containing: day).year - 1
        var changes: [Zone.Change] = []
        for year in firstYear...(firstYear + .yearsPerCycle + 3) {
            let start = summer.start.localSecond(in: year) - standardOffset
            let end = summer.end.localSecond(in: year) - summer.offset
            changes.append(Zone.Change(start: start, offset: summer.offset))
            changes.append(Zone.Change(start: end, offset: standardOffset))
        }
        changes.sort {
            ($0.start, $0.offset == summer.offset ? 1 : 0)
                < ($1.start, $1.offset == summer.offset ? 1 : 0)
        }
        return changes.filter { $0.start > second }
    }
}

extension ZoneRule.Moment {
    /// In a year, in seconds as if the zone were UTC.
    fileprivate func localSecond(in year: Int) -> Int {
        dayNumber(in: year) * .secondsPerDay + second
    }

    private func dayNumber(in year: Int) -> Int {
        let newYear = CalendarMonth(year: year, month: 1).firstDay
        switch day {
        case .withoutLeapDay(let day):
            return newYear + day - (day >= 60 && CalendarMonth.isLeap(year) ? 0 : 1)
        case .withLeapDay(let day): return newYear + day
        case .weekday(let weekday, let week, let month):
            let month = CalendarMonth(year: year, month: month)
            let first = (weekday - month.firstWeekday + 7) % 7
            let place = first + 7 * (week - 1)
            return month.firstDay + (place < month.length ? place : place - 7)
        }
    }
}
