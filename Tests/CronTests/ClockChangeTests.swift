import Cron
import Testing

@Suite("A clock that is changed")
struct ClockChangeTests {
    @Test(
        "removes a fixed time: it runs at the first instant after the gap, or not",
        arguments: [
            // 02:30 on March 10 is none; the clock goes from 02:00 to 03:00.
            (
                "30 2 * * *", "America/New_York", "2024-03-10T05:00:00Z",
                "2024-03-10T07:00:00Z", "2024-03-11T06:30:00Z"
            ),
            // Half an hour, from 02:00 to 02:30.
            (
                "15 2 * * *", "Australia/Lord_Howe", "2024-10-05T12:00:00Z",
                "2024-10-05T15:30:00Z", "2024-10-06T15:15:00Z"
            ),
            // Midnight itself: 00:00 to 01:00.
            (
                "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
                "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"
            ),
            (
                "30 0 * * *", "Africa/Cairo", "2024-04-25T12:00:00Z",
                "2024-04-25T22:00:00Z", "2024-04-26T21:30:00Z"
            ),
            // The whole of December 30, over the date line.
            (
                "0 8 30 12 *", "Pacific/Apia", "2011-12-29T00:00:00Z",
                "2011-12-30T10:00:00Z", "2012-12-29T18:00:00Z"
            ),
            // With seconds it is as fixed.
            (
                "10 30 2 * * *", "America/New_York", "2024-03-10T05:00:00Z",
                "2024-03-10T07:00:00Z", "2024-03-11T06:30:10Z"
            ),
        ])
    func gap(pattern: String, zone: String, start: String, after: String, skip: String) throws {
        #expect(try runs(pattern, in: zone, after: start, count: 1) == [after])
        #expect(try runs(pattern, in: zone, after: start, count: 1, gap: .skip) == [skip])
    }

    @Test(
        "repeats a fixed time: it runs when it is shown first, or both times",
        arguments: [
            (
                "30 1 * * *", "America/New_York", "2024-11-03T04:00:00Z",
                ["2024-11-03T05:30:00Z", "2024-11-03T06:30:00Z", "2024-11-04T06:30:00Z"]
            ),
            // Half an hour, from 02:00 back to 01:30.
            (
                "45 1 * * *", "Australia/Lord_Howe", "2024-04-06T12:00:00Z",
                ["2024-04-06T14:45:00Z", "2024-04-06T15:15:00Z", "2024-04-07T15:15:00Z"]
            ),
            // Over midnight: 23:30 on the day before comes again.
            (
                "30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z",
                ["2018-02-18T01:30:00Z", "2018-02-18T02:30:00Z", "2018-02-19T02:30:00Z"]
            ),
        ])
    func repeated(pattern: String, zone: String, start: String, both: [String]) throws {
        #expect(try runs(pattern, in: zone, after: start, repeated: .both) == both)
        #expect(try runs(pattern, in: zone, after: start, count: 2) == [both[0], both[2]])
    }

    @Test("shows again what ran, also to who asks in the second pass")
    func secondPass() throws {
        let start = "2024-11-03T06:10:00Z"

        #expect(
            try runs("30 1 * * *", in: "America/New_York", after: start, count: 1)
                == ["2024-11-04T06:30:00Z"])
        #expect(
            try runs("*/30 1 * * *", in: "America/New_York", after: start, count: 1)
                == ["2024-11-03T06:30:00Z"])
    }

    @Test("makes one run of several in a gap, and none twice")
    func several() throws {
        let found = try runs(
            "0,15,30,45 1-3 * * *", in: "America/New_York", after: "2024-03-10T06:40:00Z")

        #expect(found == ["2024-03-10T06:45:00Z", "2024-03-10T07:00:00Z", "2024-03-10T07:15:00Z"])
    }

    @Test("is followed to the letter where a time is not fixed")
    func literal() throws {
        let gap = try runs("*/20 2 * * *", in: "America/New_York", after: "2024-03-10T05:00:00Z")
        let hours = try runs("0 * * * *", in: "Europe/London", after: "2024-10-27T00:00:00Z")
        let halves = try runs(
            "*/15 * * * *", in: "Australia/Lord_Howe", after: "2024-04-06T14:44:00Z", count: 4)

        #expect(gap.first == "2024-03-11T06:00:00Z")
        #expect(hours.map { $0.dropFirst(11).prefix(5) } == ["01:00", "02:00", "03:00"])
        #expect(halves.map { $0.dropFirst(14).prefix(2) } == ["45", "00", "15", "30"])
    }

    @Test("always at the same hour leaves a time that lies there without an instant")
    func always() throws {
        // The second Sunday of March: since 2007 the gap, before it an ordinary day.
        let pattern = try CronPattern("30 2 * 3 SUN#2")
        let zone = try zone("America/New_York")

        #expect(
            try pattern.next(after: instant("2006-01-01T00:00:00Z"), in: zone, gap: .skip)
                == instant("2006-03-12T07:30:00Z"))
        #expect(
            try pattern.next(after: instant("2024-01-01T00:00:00Z"), in: zone, gap: .skip) == nil)
    }

    @Test("never makes the next instant depend on where one asks")
    func consistent() throws {
        let zone = try zone("Australia/Lord_Howe")
        let start = try instant("2024-04-06T10:00:00Z").seconds
        for text in ["45 1 * * *", "*/7 1,2 * * *", "0,50 0-3 * * *", "10 */5 1-2 * * *"] {
            let pattern = try CronPattern(text)
            var expected = pattern.next(after: UnixTime(seconds: start), in: zone)
            for second in start..<start + 30_000 {
                let time = UnixTime(seconds: second)
                let next = pattern.next(after: time, in: zone)
                if let passed = expected, passed <= time { expected = next }
                #expect(next == expected, "\(text) after \(second)")
            }
        }
    }
}
