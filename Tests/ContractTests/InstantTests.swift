import Contract
import Testing

@Suite("An instant")
struct InstantTests {
    @Test(
        "is written as RFC 3339 in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1_795_426_200_123, "2026-11-23T09:30:00.123Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000, "2000-03-01T00:00:00.000Z"),
            (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
            (.min, "0001-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func rfc3339(milliseconds: Int64, text: String) {
        #expect(Instant(milliseconds: milliseconds).rfc3339 == text)
    }

    @Test("walks through every day of 800 years without a gap")
    func days() {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var day: Int64 = 0
        for year in 1970..<2770 as Range<Int64> {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (index, length) in lengths.enumerated() {
                for dayOfMonth in 1...(index == 1 && isLeap ? 29 : length) {
                    let date = CivilDate(daysSince1970: day)
                    guard date.year == year, date.month == index + 1, date.day == dayOfMonth else {
                        Issue.record(
                            "day \(day) is \(date), not \(year)-\(index + 1)-\(dayOfMonth)")
                        return
                    }
                    day += 1
                }
            }
        }
    }

    @Test("stays within years 1 to 9999 whatever is added")
    func bounds() {
        let now = Instant(milliseconds: 1_000)
        let eternity = Duration.seconds(Int64.max)

        #expect(now + .milliseconds(5) == Instant(milliseconds: 1_005))
        #expect(now - .seconds(2) == Instant(milliseconds: -1_000))
        #expect(now + eternity == .distantFuture)
        #expect(now - eternity == .distantPast)
        #expect(Instant(milliseconds: .max) + .seconds(1) == .distantFuture)
        #expect(Instant(milliseconds: .min) - .seconds(1) == .distantPast)
    }

    @Test("is as far from another as the time between them")
    func differences() {
        #expect(Instant(milliseconds: 5) - Instant(milliseconds: 7) == .milliseconds(-2))
        #expect(Instant(milliseconds: .min) - Instant(milliseconds: .max) < .zero)
    }
}

@Suite("A duration")
struct DurationTests {
    @Test("has whole milliseconds, rounded towards zero")
    func milliseconds() {
        #expect(Duration.microseconds(1_999).milliseconds == 1)
        #expect(Duration.microseconds(-1_999).milliseconds == -1)
        #expect(Duration.seconds(Int64.max).milliseconds == .max / 2)
        #expect(Duration.seconds(Int64.min).milliseconds == .min / 2)
        #expect(Duration.milliseconds(Int64.max).milliseconds == .max)
        let brim = Duration(
            secondsComponent: 9_223_372_036_854_775, attosecondsComponent: 999_000_000_000_000_000)
        #expect(brim.milliseconds == .max / 2)
    }

    @Test("can be told in minutes, hours and days")
    func units() {
        #expect(Duration.minutes(2) == .seconds(120))
        #expect(Duration.hours(1) == .seconds(3_600))
        #expect(Duration.days(1) == .hours(24))
        #expect(Duration.milliseconds(1_500).seconds == 1.5)
    }
}
