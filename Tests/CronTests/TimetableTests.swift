import Cron
import Testing

@Suite("A timetable")
struct TimetableTests {
    @Test("finds the latest instant of years, however many there were")
    func latest() throws {
        let berlin = try zone("Europe/Berlin")
        let (start, end) = (
            try instant("2004-06-10T08:00:00Z"), try instant("2024-06-10T08:00:30Z")
        )
        let expected = [
            "* * * * * *": "2024-06-10T08:00:30Z", "* * * * *": "2024-06-10T08:00:00Z",
            "@daily": "2024-06-09T22:00:00Z", "@yearly": "2023-12-31T23:00:00Z",
            "0 0 29 2 *": "2024-02-28T23:00:00Z",
        ]

        for (pattern, latest) in expected {
            let timetable = Timetable.cron(try CronPattern(pattern), zone: berlin)
            #expect(timetable.latest(after: start, notAfter: end).map(text) == latest)
        }
    }

    @Test("has a latest instant that is the last of all, at every second around a change")
    func latestOfAll() throws {
        let timetable = Timetable.cron(
            try CronPattern("0,40 1-3 * * *"), zone: try zone("America/New_York"))
        let start = try instant("2024-11-03T00:00:00Z")
        for end in stride(from: start.seconds, to: start.seconds + 100_000, by: 97) {
            let all = timetable.instants(after: start, through: UnixTime(seconds: end), max: 100)

            let latest = timetable.latest(after: start, notAfter: UnixTime(seconds: end))

            #expect(latest == Array(all).last)
        }
    }

    @Test("has no latest instant where none came, nor for a time that runs backwards")
    func none() throws {
        let timetable = Timetable.cron(try CronPattern("@daily"), zone: .utc)
        let midnight = try instant("2024-06-10T00:00:00Z")
        let later = UnixTime(seconds: midnight.seconds + 86_399)

        #expect(timetable.latest(after: midnight, notAfter: later) == nil)
        #expect(timetable.latest(after: midnight, notAfter: .earliest) == nil)
        #expect(timetable.latest(after: .latest, notAfter: .latest) == nil)
    }

    @Test("gives its instants one by one, up to an end and a number")
    func instants() throws {
        let timetable = Timetable.cron(try CronPattern("0 * * * *"), zone: .utc)
        let start = try instant("2024-06-10T00:00:00Z")
        let end = try instant("2024-06-10T03:00:00Z")

        #expect(
            timetable.instants(after: start, through: end, max: 10).map(text)
                == ["2024-06-10T01:00:00Z", "2024-06-10T02:00:00Z", "2024-06-10T03:00:00Z"])
        #expect(Array(timetable.instants(after: start, through: end, max: 2)).count == 2)
        #expect(Array(timetable.instants(after: start, max: 0)).isEmpty)
        #expect(Array(timetable.instants(after: end, through: start, max: 9)).isEmpty)
    }

    @Test("of an interval has its multiples since 1970, wherever one begins")
    func intervals() throws {
        let timetable = Timetable.every(try IntervalPattern(.seconds(300)))
        let start = try instant("2024-06-10T08:01:17Z")

        #expect(
            timetable.instants(after: start, max: 2).map(text)
                == ["2024-06-10T08:05:00Z", "2024-06-10T08:10:00Z"])
        #expect(timetable.next(after: UnixTime(seconds: -301)) == UnixTime(seconds: -300))
        #expect(timetable.next(after: UnixTime(seconds: -300)) == UnixTime(seconds: 0))
        #expect(timetable.next(after: .latest) == nil)
    }
}

@Suite("An interval")
struct IntervalPatternTests {
    @Test(
        "is a whole number of seconds, 1 or more",
        arguments: [
            (Duration.milliseconds(500), "0.5 seconds"), (.zero, "0.0 seconds"),
            (.seconds(-5), "-5.0 seconds"), (.milliseconds(1500), "1.5 seconds"),
        ])
    func refuses(interval: Duration, shown: String) {
        let error = #expect(throws: IntervalError.self) { try IntervalPattern(interval) }

        #expect(
            error?.description
                == "interval of \(shown), expected a whole number of seconds, 1 or more")
    }

    @Test("knows its latest multiple as a walk would find it")
    func latest() throws {
        let interval = try IntervalPattern(.seconds(7))
        let start = UnixTime(seconds: -20)

        #expect(interval.latest(after: start, notAfter: UnixTime(seconds: 20))?.seconds == 14)
        #expect(interval.latest(after: start, notAfter: UnixTime(seconds: -1))?.seconds == -7)
        #expect(interval.latest(after: start, notAfter: UnixTime(seconds: -15)) == nil)
        for end in Int64(-30)...30 {
            let time = UnixTime(seconds: end)
            #expect(
                Timetable.every(interval).latest(after: start, notAfter: time)
                    == interval.latest(after: start, notAfter: time))
        }
    }

    @Test("longer than all time has the one instant in 1970")
    func longest() throws {
        let interval = try IntervalPattern(.seconds(Int64.max))

        #expect(interval.next(after: .earliest) == UnixTime(seconds: 0))
        #expect(interval.next(after: UnixTime(seconds: 0)) == nil)
        #expect(interval.latest(after: .earliest, notAfter: .latest) == UnixTime(seconds: 0))
    }
}
