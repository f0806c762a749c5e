import Cron
import Testing

@Suite("A cron pattern")
struct CronPatternTests {
    @Test(
        "is the same however it is written",
        arguments: [
            ("0 0 * * 7", "0 0 * * 0"), ("0 0 * * SUN", "0 0 * * sun"),
            ("0 0 1 jan,Feb *", "0 0 1 1-2 *"), ("5/20 * * * *", "5,25,45 * * * *"),
            ("10-30/10 * * * *", "10,20,30 * * * *"), ("* * * * 1/2", "* * * * 1,3,5,0"),
            ("0 0 * * mon-fri/2", "0 0 * * 1,3,5"), ("\t0  0 * * * ", "0 0 * * *"),
            ("*/90 * * * *", "0 * * * *"), ("7-7 * * * *", "7 * * * *"),
            ("0 0 l * *", "0 0 L * *"), ("0 0 lw,15w * *", "0 0 LW,15W * *"),
            ("0 0 * * fri#2", "0 0 * * 5#2"), ("0 0 * * FRIl", "0 0 * * 5L"),
            ("0 0 * * 7L", "0 0 * * 0L"), ("0 0 ? * ?", "0 0 * * *"),
            ("0 12 * * * *", "0 12 * * * *"), ("@Daily", "0 0 * * *"), ("@weekly", "0 0 * * 0"),
            ("@midnight", "@daily"), ("@annually", "@yearly"), ("@monthly", "0 0 1 * *"),
            ("@hourly", "0 * * * *"), ("@yearly", "0 0 1 1 *"),
        ])
    func spellings(left: String, right: String) throws {
        let start = "2023-12-31T23:59:59Z"

        #expect(try runs(left, after: start, count: 40) == runs(right, after: start, count: 40))
    }

    @Test(
        "finds its days",
        arguments: [
            ("0 0 L-3 * *", ["2024-02-26", "2024-03-28", "2024-04-27"]),
            ("0 0 L,15 2 *", ["2024-02-15", "2024-02-29", "2025-02-15"]),
            // The nearest weekday never leaves the month.
            ("0 0 1W 6-9 *", ["2024-06-03", "2024-07-01", "2024-08-01"]),
            ("0 0 31W * *", ["2024-03-29", "2024-05-31", "2024-07-31"]),
            ("0 0 15W 6,9 *", ["2024-06-14", "2024-09-16", "2025-06-16"]),
            ("0 0 LW 3,6 *", ["2024-03-29", "2024-06-28", "2025-03-31"]),
            ("0 0 * * MON#5", ["2024-04-29", "2024-07-29", "2024-09-30"]),
            ("0 0 * * 1#1,5L", ["2024-02-05", "2024-02-23", "2024-03-04"]),
            // Either is enough, unless one begins with * or ?.
            ("0 0 13 * 5#2", ["2024-02-09", "2024-02-13", "2024-03-08"]),
            ("0 0 */13 * FRI", ["2024-03-01", "2024-06-14", "2024-09-27"]),
            ("0 0 13 * */5", ["2024-09-13", "2024-10-13", "2024-12-13"]),
            ("0 0 *,5 * FRI", ["2024-02-02", "2024-02-09", "2024-02-16"]),
            ("0 0 5,* * FRI", ["2024-02-02", "2024-02-03", "2024-02-04"]),
        ])
    func days(pattern: String, days: [String]) throws {
        let found = try runs(pattern, after: "2024-02-01T00:00:00Z")

        #expect(found == days.map { $0 + "T00:00:00Z" })
    }

    @Test("finds a leap day on a weekday up to 40 years ahead, over a century without one")
    func leapDays() throws {
        let leapDays = try runs("0 0 29 2 *", after: "2092-03-01T00:00:00Z", count: 2)
        // The only February with five Mondays has the last of them on the 29th.
        let mondays = try runs("0 0 * 2 MON#5", after: "2072-03-01T00:00:00Z", count: 2)

        #expect(leapDays == ["2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"])
        #expect(mondays == ["2112-02-29T00:00:00Z", "2140-02-29T00:00:00Z"])
    }

    @Test(
        "whose date never comes is read, has no next instant and is refused",
        arguments: ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 31W 2 ?", "0 0 L-30 2 *"])
    func never(text: String) throws {
        let pattern = try CronPattern(text)

        #expect(!pattern.hasDates)
        #expect(pattern.next(after: .earliest, in: .utc) == nil)
        #expect(throws: CronError(pattern: text, flaw: .never)) { try pattern.requireDates() }
    }

    @Test("with an impossible day has dates where its weekday is enough")
    func eitherDay() throws {
        let pattern = try CronPattern("0 0 30 2 MON")

        #expect(throws: Never.self) { try pattern.requireDates() }
        #expect(pattern.hasDates)
    }

    @Test(
        "is fixed where neither second, minute nor hour begins with a star",
        arguments: [
            ("30 2 * * *", true), ("0 0-23 * * *", true), ("5,* 2 * * *", true),
            ("10 30 2 * * *", true), ("*/30 2 * * *", false), ("0 * * * *", false),
            ("* 30 2 * * *", false), ("@daily", true), ("@hourly", false),
        ])
    func fixed(pattern: String, isFixed: Bool) throws {
        #expect(try CronPattern(pattern).isFixed == isFixed)
    }

    @Test("ends with the year 9999 and begins with the year 1")
    func ends() throws {
        let daily = try CronPattern("@daily")

        #expect(daily.next(after: .latest, in: .utc) == nil)
        #expect(daily.next(after: UnixTime(seconds: .max), in: .utc) == nil)
        #expect(try daily.next(after: instant("9999-12-31T00:00:00Z"), in: .utc) == nil)
        #expect(
            try daily.next(after: instant("9999-12-30T23:59:59Z"), in: .utc)
                == instant("9999-12-31T00:00:00Z"))
        #expect(
            daily.next(after: UnixTime(seconds: .min), in: .utc)?.seconds
                == UnixTime.earliest.seconds + 86_400)
    }
}
