/// The days that a day-of-week field matches: `MON-FRI`, `1#2` (the second Monday), `5L` (the last
/// Friday).
///
/// A month has five rows of seven days, from the 1st, the 8th and so on. A weekday comes once in
/// each row, so the row says the how-manyth it is: five rows of seven bits hold `1#2` and, with its
/// bit in all of them, a plain weekday.
struct WeekDays: Sendable, Hashable {
    private static let weeks = 5
    /// The first bit of each row.
    private static let rowStarts: UInt64 = 1 | 1 << 7 | 1 << 14 | 1 << 21 | 1 << 28

    /// The weekdays wanted in each row; in a row, Sunday is bit 0.
    private var rows: UInt64 = 0
    /// The weekdays of which the last in the month is wanted; Sunday is bit 0.
    private var lasts: UInt64 = 0

    init(_ text: FieldText) throws(CronError) {
        if text.text == "?" {
            rows = 0x7F * Self.rowStarts
            return
        }
        for part in try text.parts() { try insert(part, of: text) }
    }

    private mutating func insert(_ part: Substring, of text: FieldText) throws(CronError) {
        let halves = part.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard let weekday = text.field.value(of: halves[0]),
                let week = halves[1].number(digitsMax: 1), (1...Self.weeks).contains(week)
            else { throw text.error(in: part, .unknown) }
            rows |= 1 << UInt64(7 * (week - 1) + weekday % 7)
        } else if part.last == "L" || part.last == "l" {
            guard let weekday = text.field.value(of: part.dropLast()) else {
                throw text.error(in: part, .unknown)
            }
            lasts |= 1 << UInt64(weekday % 7)
        } else {
            let bits = try text.values(of: part).bits
            rows |= (bits & 0x7F | bits >> 7) * Self.rowStarts
        }
    }

    /// The days of a month that match, day 1 being bit 1; bits after its last day may be set too.
    func matching(in month: CalendarMonth) -> UInt64 {
        let first = UInt64(month.firstWeekday)
        // Turns every row at once, so that its first bit is the weekday of the 1st.
        let early = (0x7F >> first) * Self.rowStarts
        let turned = rows >> first & early | rows << (7 - first) & (0x7F * Self.rowStarts & ~early)
        return turned << 1 | (lasts == 0 ? 0 : lastsMatching(in: month))
    }

    private func lastsMatching(in month: CalendarMonth) -> UInt64 {
        let lastWeekStart = month.length - 6
        let first = UInt64(month.weekday(of: lastWeekStart))
        return ((lasts >> first | lasts << (7 - first)) & 0x7F) << UInt64(lastWeekStart)
    }
}
