/// The times of a day that a pattern's hour, minute and second match, in seconds from midnight.
struct MatchingTimes: Sendable, Hashable {
    private let hours: FieldValues
    private let minutes: FieldValues
    private let seconds: FieldValues
    /// The earliest, whose minute and second are also the earliest of any hour.
    let first: Int

    init(hour: FieldText, minute: FieldText, second: FieldText?) throws(CronError) {
        var seconds = FieldValues()
        if let second { seconds = try second.values() } else { seconds.insert(0) }
        self.seconds = seconds
        minutes = try minute.values()
        hours = try hour.values()
        first = [hours, minutes, seconds].reduce(0) { $0 * 60 + ($1.first(from: 0) ?? 0) }
    }

    /// The first matching time that is not before this one.
    func first(from time: Int) -> Int? {
        let (hour, timeInHour) = time.quotientAndRemainder(dividingBy: 3600)
        if hours.contains(hour) {
            let (minute, second) = timeInHour.quotientAndRemainder(dividingBy: 60)
            if minutes.contains(minute), let second = seconds.first(from: second) {
                return hour * 3600 + minute * 60 + second
            }
            if let minute = minutes.first(from: minute + 1) {
                return hour * 3600 + minute * 60 + first % 60
            }
        }
        return hours.first(from: hour + 1).map { $0 * 3600 + first % 3600 }
    }
}
