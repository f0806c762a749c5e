/// A month of the proleptic Gregorian calendar, laid on days counted from 1970-01-01.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days` and
/// `days_from_civil`, for whole months: a search looks at all days of a month at once.
struct CalendarMonth: Sendable, Hashable {
    let year: Int
    /// From 1 to 12.
    let month: Int
    /// The day number of its 1st.
    let firstDay: Int
    /// In days, from 28 to 31.
    let length: Int

    init(year: Int, month: Int) {
        self.year = year
        self.month = month
        firstDay = Self.firstDay(year: year, month: month)
        length = Self.length(year: year, month: month)
    }

    /// The month that has the day with this number.
    init(containing day: Int) {
        let (era, dayOfEra) = (day + 719_468).dividedFloored(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        month = shifted < 10 ? shifted + 3 : shifted - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        firstDay = day - (dayOfYear - (153 * shifted + 2) / 5)
        length = Self.length(year: year, month: month)
    }

    /// From 0, which is a Sunday, to 6: the weekday of its 1st.
    var firstWeekday: Int { (firstDay + 4).dividedFloored(by: 7).remainder }

    /// The next month that is among these, which must not be empty.
    func following(among months: FieldValues) -> CalendarMonth {
        if let later = months.first(from: month + 1) {
            return CalendarMonth(year: year, month: later)
        }
        return CalendarMonth(year: year + 1, month: months.first(from: 1) ?? 1)
    }

    /// From 0, which is a Sunday, to 6: the weekday of a day of it, counted from 1.
    func weekday(of day: Int) -> Int { (firstWeekday + day - 1) % 7 }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    private static func length(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Years begin in March here, so that a leap day is the last of its year.
    private static func firstDay(year: Int, month: Int) -> Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shiftedYear.dividedFloored(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int {
    /// The quotient rounded down, so that the remainder is never negative; the divisor is positive.
    func dividedFloored(by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    static var secondsPerDay: Int { 86_400 }

    /// The calendar repeats after so many days, weekdays too: they are 400 years, 20,871 weeks.
    static var daysPerCycle: Int { 146_097 }
    static var yearsPerCycle: Int { 400 }
}
