import Cron
import Testing

@Suite("A time zone")
struct ZoneTests {
    @Test(
        "has the offset of its history, of its rule and of the centuries after",
        arguments: [
            ("Europe/Berlin", "1880-01-01T00:00:00Z", 3208),
            ("Europe/Berlin", "1945-06-01T00:00:00Z", 10_800),
            ("Europe/Berlin", "2024-07-01T00:00:00Z", 7200),
            ("Europe/Berlin", "2500-01-01T00:00:00Z", 3600),
            ("Europe/Berlin", "2500-07-01T00:00:00Z", 7200),
            ("Europe/Berlin", "9998-07-01T00:00:00Z", 7200),
            ("Europe/Dublin", "2024-01-01T00:00:00Z", 0),
            ("Europe/Dublin", "2124-07-01T00:00:00Z", 3600),
            ("Asia/Kathmandu", "2024-01-01T00:00:00Z", 20_700),
            ("Pacific/Chatham", "2124-01-01T00:00:00Z", 49_500),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", -36_000),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", 50_400),
            ("America/Nuuk", "2124-07-01T00:00:00Z", -3600),
            ("UTC", "2124-07-01T00:00:00Z", 0),
        ])
    func offsets(name: String, time: String, offset: Int) throws {
        #expect(try zone(name).offsetSeconds(at: instant(time)) == offset)
    }

    @Test(
        "reads every form of rule",
        arguments: [
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-03-31T00:59:59Z", 3600, 7200),
            ("CET-1CEST,M3.5.0,M10.5.0/3", "2024-10-27T00:59:59Z", 7200, 3600),
            ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2024-10-05T15:29:59Z", 37_800, 39_600),
            ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2024-03-31T00:59:59Z", -7200, -3600),
            ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2024-03-29T23:59:59Z", 7200, 10_800),
            ("AAA0BBB,J60,J300", "2024-03-01T01:59:59Z", 0, 3600),
            ("AAA0BBB,59,300/1:30:30", "2024-02-29T01:59:59Z", 0, 3600),
            ("AAA0BBB,59,300/1:30:30", "2024-10-27T00:30:29Z", 3600, 0),
            ("IST-1GMT0,M10.5.0,M3.5.0/1", "2024-10-27T00:59:59Z", 3600, 0),
            // Summer all year: the end of one is the start of the next.
            ("XXX3EDT4,0/0,J365/23", "2024-01-01T02:59:59Z", -14_400, -14_400),
        ])
    func rules(rule: String, time: String, before: Int, after: Int) throws {
        let zone = try Zone(name: "Made", tzif: TZif(footer: rule).bytes)
        let last = try instant(time)

        #expect(zone.offsetSeconds(at: last) == before)
        #expect(zone.offsetSeconds(at: UnixTime(seconds: last.seconds + 1)) == after)
    }

    @Test("of version 1 keeps its last offset for ever")
    func firstVersion() throws {
        let file = TZif(version: 0, changes: [(1_000_000, 1), (2_000_000, 0)], offsets: [60, 120])
        let zone = try Zone(name: "Made", tzif: file.bytes)

        #expect(
            [0, 999_999, 1_000_000, 1_999_999, 2_000_000, 9_000_000_000].map {
                zone.offsetSeconds(at: UnixTime(seconds: $0))
            } == [60, 60, 120, 120, 60, 60])
    }

    @Test("may have changes before the year 1 and after the year 9999")
    func distant() throws {
        let changes: [(Int64, UInt8)] = [(.min, 0), (-1 << 59, 1), (0, 2), (.max, 3)]
        let file = TZif(changes: changes, offsets: [1, 2, 3, 4])
        let zone = try Zone(name: "Made", tzif: file.bytes)

        #expect(zone.offsetSeconds(at: .earliest) == 2)
        #expect(zone.offsetSeconds(at: UnixTime(seconds: 0)) == 3)
        #expect(zone.offsetSeconds(at: .latest) == 3)
    }

    @Test(
        "is refused with its name, what was found and the cure",
        arguments: [
            (Array("TZif2".utf8), "ends after 5 bytes, expected at least 44; reinstall tzdata"),
            ([], "does not begin with \"TZif\"; reinstall tzdata"),
            (Array("<html>".utf8), "does not begin with \"TZif\"; reinstall tzdata"),
            (
                [UInt8](repeating: 0, count: Zone.bytesMax + 1),
                "has 1048577 bytes where 1048576 are the most; reinstall tzdata"
            ),
            (
                TZif(leapSeconds: 1).bytes,
                "counts leap seconds; name the zone without \"right/\""
            ),
            (TZif(offsets: []).bytes, "lacks an offset that it refers to; reinstall tzdata"),
            (
                TZif(changes: [(0, 1)]).bytes,
                "lacks an offset that it refers to; reinstall tzdata"
            ),
            (
                TZif(changes: [(5, 0), (5, 0)]).bytes,
                "has change 2 before the one it follows; reinstall tzdata"
            ),
            (
                TZif(offsets: [93_601]).bytes,
                "has an offset of 93601 seconds, expected -93600 to 93600; reinstall tzdata"
            ),
            (
                TZif(footer: "CET-1CEST").bytes,
                "has the rule \"CET-1CEST\", which POSIX does not know; reinstall tzdata"
            ),
        ] as [([UInt8], String)])
    func errors(bytes: [UInt8], text: String) {
        #expect(message(of: bytes) == "zone \"Mars/Base\": its data \(text)")
    }

    @Test(
        "has no rule that POSIX does not know",
        arguments: [
            "C", "CET", "<CET-1", "CET-25", "CET-1:60", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,1",
            "CET-1CEST,M3.6.0,1", "CET-1CEST,M3.5.7,1", "CET-1CEST,J0,1", "CET-1CEST,366,1",
            "CET-1CEST,M3.5.0/168,1", "CET-1CEST,1,2,3", "CET-1CEST,1,2/", "CET-1234", "é-1",
        ])
    func badRules(rule: String) {
        #expect(message(of: TZif(footer: rule).bytes).contains("has the rule"))
    }

    @Test("cut short at any byte is refused; bytes after it are not looked at")
    func truncated() throws {
        for name in ["Europe/Berlin", "Pacific/Apia", "UTC"] {
            let bytes = try zoneBytes(name)
            for length in 0..<bytes.count {
                #expect(message(of: Array(bytes[..<length])) != "none", "\(name) at \(length)")
            }
            #expect(message(of: bytes + [1, 2, 3]) == "none")
        }
    }

    @Test("with any byte changed never traps, nor do searches in it")
    func damaged() throws {
        var random = SeededGenerator(seed: 31)
        let whole = try zoneBytes("Asia/Gaza")
        let patterns = try ["30 2 * * *", "*/7 * * * *", "0 0 29 2 *"].map { try CronPattern($0) }
        for _ in 0..<4_000 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            guard let zone = try? Zone(name: "Damaged", tzif: bytes) else { continue }
            let time = UnixTime(seconds: Int64.random(in: -1 << 38...1 << 38, using: &random))
            for pattern in patterns {
                if let next = pattern.next(after: time, in: zone) { #expect(next > time) }
            }
        }
    }

    private func message(of bytes: [UInt8]) -> String {
        do {
            _ = try Zone(name: "Mars/Base", tzif: bytes)
            return "none"
        } catch {
            return error.description
        }
    }
}
