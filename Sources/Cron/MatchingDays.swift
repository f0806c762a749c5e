/// The days of the calendar that a pattern's month and its two day fields match.
struct MatchingDays: Sendable, Hashable {
    private let months: FieldValues
    private let monthDays: MonthDays
    private let weekDays: WeekDays
    /// Debian cron's rule: a field that begins with `*` or `?` only narrows what the other says;
    /// where neither does, a day of either is enough.
    private let needsBoth: Bool

    init(
        month: FieldText, dayOfMonth: FieldText, dayOfWeek: FieldText
    ) throws(CronError) {
        monthDays = try MonthDays(dayOfMonth)
        months = try month.values()
        weekDays = try WeekDays(dayOfWeek)
        needsBoth = dayOfMonth.isOpen || dayOfWeek.isOpen
    }

    /// The first matching day that is not before this one, both counted from 1970-01-01, or nil
    /// where none comes within 400 years and so none ever.
    func first(from day: Int) -> Int? {
        var month = CalendarMonth(containing: day)
        if months.contains(month.month) {
            let passed = UInt64(day - month.firstDay + 1)
            let matching = matching(in: month) & (UInt64.max << passed)
            if matching != 0 { return month.firstDay + matching.trailingZeroBitCount - 1 }
        }
        let end = day + .daysPerCycle + 31
        while month.firstDay < end {
            month = month.following(among: months)
            let matching = matching(in: month)
            if matching != 0 { return month.firstDay + matching.trailingZeroBitCount - 1 }
        }
        return nil
    }

    /// The days of a month that match, day 1 being bit 1.
    private func matching(in month: CalendarMonth) -> UInt64 {
        let days = monthDays.matching(in: month)
        let others = weekDays.matching(in: month)
        // The plain days are within the month already; the weekdays' rows may go beyond.
        let all: UInt64 = (1 << UInt64(month.length + 1)) - 2
        return (needsBoth ? days & others : days | others) & all
    }
}
