/// The days that a day-of-month field matches: `1,15`, `L`, `L-3`, `15W`, `LW`.
struct MonthDays: Sendable, Hashable {
    /// The plain days, from 1 to 31.
    private var days = FieldValues()
    /// How far before the last day of the month, from 0 to 30.
    private var daysBeforeLast = FieldValues()
    /// The days of which the nearest Monday to Friday is meant; 0 is the last day of the month.
    private var nearestWeekdays = FieldValues()

    init(_ text: FieldText) throws(CronError) {
        if text.text == "?" {
            for day in text.field.range { days.insert(day) }
            return
        }
        for part in try text.parts() { try insert(part, of: text) }
    }

    private mutating func insert(_ part: Substring, of text: FieldText) throws(CronError) {
        let name = part.uppercased()
        if name == "L" {
            daysBeforeLast.insert(0)
        } else if name == "LW" {
            nearestWeekdays.insert(0)
        } else if name.hasPrefix("L-") {
            guard let days = part.dropFirst(2).number(digitsMax: 2), (1...30).contains(days)
            else { throw text.error(in: part, .unknown) }
            daysBeforeLast.insert(days)
        } else if name.hasSuffix("W") {
            guard let day = text.field.value(of: part.dropLast()) else {
                throw text.error(in: part, .unknown)
            }
            nearestWeekdays.insert(day)
        } else {
            days.formUnion(try text.values(of: part))
        }
    }

    /// The days of a month that match, day 1 being bit 1.
    func matching(in month: CalendarMonth) -> UInt64 {
        var matching = days.bits
        // Both are rare, and then have one bit or two.
        if !daysBeforeLast.isEmpty { matching |= counted(fromLastOf: month) }
        if !nearestWeekdays.isEmpty { matching |= shiftedToWeekdays(in: month) }
        return matching & month.days
    }

    private func counted(fromLastOf month: CalendarMonth) -> UInt64 {
        var matching: UInt64 = 0
        var place = 0
        while let distance = daysBeforeLast.first(from: place) {
            if distance < month.length { matching |= 1 << UInt64(month.length - distance) }
            place = distance + 1
        }
        return matching
    }

    private func shiftedToWeekdays(in month: CalendarMonth) -> UInt64 {
        var matching: UInt64 = 0
        var place = 0
        while let day = nearestWeekdays.first(from: place) {
            let wanted = day == 0 ? month.length : day
            // A month without the day has no weekday near it.
            if wanted <= month.length {
                matching |= 1 << UInt64(month.nearestWeekday(to: wanted))
            }
            place = day + 1
        }
        return matching
    }
}

extension CalendarMonth {
    /// All days, day 1 being bit 1.
    fileprivate var days: UInt64 { (1 << UInt64(length + 1)) - 2 }

    /// The nearest Monday to Friday without leaving the month.
    fileprivate func nearestWeekday(to day: Int) -> Int {
        switch weekday(of: day) {
        case 6: day > 1 ? day - 1 : day + 2
        case 0: day < length ? day + 1 : day - 2
        default: day
        }
    }
}
