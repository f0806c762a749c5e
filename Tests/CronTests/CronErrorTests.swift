import Cron
import Testing

@Suite("A broken cron pattern")
struct CronErrorTests {
    private static let forms =
        "a range \"a-b\", a step \"*/n\", \"a/n\" or \"a-b/n\", or a list of these with commas"
    private static let minutes = "expected 0 to 59, \"*\", \(forms)"
    private static let hours = "expected 0 to 23, \"*\", \(forms)"
    private static let monthDays =
        "expected 1 to 31, \"*\", \"?\", \"L\", \"L-3\", \"LW\", \"15W\", \(forms)"
    private static let months = "expected 1 to 12 or JAN to DEC, \"*\", \(forms)"
    private static let weekDays =
        "expected 0 to 7 or SUN to SAT, \"*\", \"?\", \"5L\", \"1#2\", \(forms)"
    private static let words =
        "the word is not known, expected @hourly, @daily, @midnight, @weekly, @monthly, @yearly, "
        + "@annually"
    private static let counts =
        "expected 5 (minute, hour, day of month, month, day of week) or 6 with the second before "
        + "them"
    private static let gap = "which has nothing beside a comma, \(minutes)"
    private static let backwards =
        "which runs backwards; a range over the end is two, such as"
    private static let steps = "whose step is none, expected a number from 1 to 9999 after \"/\""

    @Test(
        "says which field it is in, what was found and what may be there",
        arguments: [
            ("61 * * * *", "minute (field 1) is \"61\", \(minutes)"),
            ("61 * * * * *", "second (field 1) is \"61\", \(minutes)"),
            ("0 5,24 * * *", "hour (field 2) has \"24\" in \"5,24\", \(hours)"),
            ("? * * * *", "minute (field 1) is \"?\", \(minutes)"),
            ("-5 * * * *", "minute (field 1) is \"-5\", \(minutes)"),
            ("+5 * * * *", "minute (field 1) is \"+5\", \(minutes)"),
            ("005 * * * *", "minute (field 1) is \"005\", \(minutes)"),
            ("٥ * * * *", "minute (field 1) is \"٥\", \(minutes)"),
            ("0 0 0 * *", "day of month (field 3) is \"0\", \(monthDays)"),
            ("0 0 32W * *", "day of month (field 3) is \"32W\", \(monthDays)"),
            ("0 0 L-31 * *", "day of month (field 3) is \"L-31\", \(monthDays)"),
            ("0 0 L-0 * *", "day of month (field 3) is \"L-0\", \(monthDays)"),
            ("0 0 L/2 * *", "day of month (field 3) is \"L/2\", \(monthDays)"),
            ("0 0 1-5W * *", "day of month (field 3) is \"1-5W\", \(monthDays)"),
            ("0 0 ?,1 * *", "day of month (field 3) has \"?\" in \"?,1\", \(monthDays)"),
            ("0 0 1 13 *", "month (field 4) is \"13\", \(months)"),
            ("0 0 1 JUNE *", "month (field 4) is \"JUNE\", \(months); did you mean \"JUN\"?"),
            ("0 0 1 FBE *", "month (field 4) is \"FBE\", \(months); did you mean \"FEB\"?"),
            ("* * * * 8", "day of week (field 5) is \"8\", \(weekDays)"),
            ("0 0 0 * * L", "day of week (field 6) is \"L\", \(weekDays)"),
            ("* * * * 2#6", "day of week (field 5) is \"2#6\", \(weekDays)"),
            ("* * * * 2#0", "day of week (field 5) is \"2#0\", \(weekDays)"),
            (
                "* * * * Monday",
                "day of week (field 5) is \"Monday\", \(weekDays); did you mean \"MON\"?"
            ),
            (
                "* * * * frı",
                "day of week (field 5) is \"frı\", \(weekDays); did you mean \"FRI\"?"
            ),
            ("*/0 * * * *", "minute (field 1) is \"*/0\", \(steps)"),
            ("*/ * * * *", "minute (field 1) is \"*/\", \(steps)"),
            ("1/2/3 * * * *", "minute (field 1) is \"1/2/3\", \(steps)"),
            ("*/10000 * * * *", "minute (field 1) is \"*/10000\", \(steps)"),
            (
                "1,,2 * * * *",
                "minute (field 1) is \"1,,2\", \(gap)"
            ),
            (
                "1, * * * *",
                "minute (field 1) is \"1,\", \(gap)"
            ),
            (
                "0 22-2 * * *",
                "hour (field 2) is \"22-2\", \(backwards) \"22-23,0-2\""
            ),
            (
                "0 23-0 * * *",
                "hour (field 2) is \"23-0\", \(backwards) \"23,0\""
            ),
            (
                "0 0 * * sat-sun",
                "day of week (field 5) is \"sat-sun\", \(backwards) \"6-7,0\""
            ),
            ("* * * *", "it has 4 fields, \(counts)"),
            ("* * * * * * *", "it has 7 fields, \(counts)"),
            ("", "it has 0 fields, \(counts)"),
            ("@dayly", "\(words); did you mean \"@daily\"?"),
            ("@reboot", words),
            ("@daily 5", "\(words); did you mean \"@daily\"?"),
            ("@every 5m", "\(words); equal distances are .every(duration)"),
        ])
    func texts(pattern: String, text: String) {
        #expect(message(of: pattern) == "cron pattern \"\(pattern)\": \(text)")
    }

    @Test("of a thousand bytes is the longest one that is read")
    func long() {
        let longest = String(repeating: " ", count: CronPattern.bytesMax - 9) + "* * * * *"
        let shown = String(repeating: " ", count: 80) + "…"

        #expect(message(of: longest) == "none")
        #expect(
            message(of: " " + longest)
                == "cron pattern \"\(shown)\": it has 1001 bytes where 1000 are the most")
    }

    @Test("is shown on one line")
    func control() {
        #expect(message(of: "@a\n\u{1B}[2J").hasPrefix("cron pattern \"@a\u{FFFD}\u{FFFD}[2J\": "))
    }

    @Test("that is right but never comes says so")
    func never() {
        let error = CronError(pattern: "0 0 30 2 *", flaw: .never)

        #expect(
            error.description == """
                cron pattern "0 0 30 2 *": it would never run, for no date has that day, month \
                and weekday; expected a day that one of its months has
                """)
    }

    @Test("never traps, whatever it is")
    func fuzz() {
        var random = SeededGenerator(seed: 23)
        let letters = Array("0123456789*?,-/#LWlw JANSUNmon\t@é")
        for _ in 0..<20_000 {
            let length = Int.random(in: 0...24, using: &random)
            let text = String(
                (0..<length).map { _ in letters.randomElement(using: &random) ?? "*" })
            if let pattern = try? CronPattern(text) { _ = pattern.next(after: .earliest, in: .utc) }
        }
    }

    private func message(of pattern: String) -> String {
        do {
            _ = try CronPattern(pattern)
            return "none"
        } catch {
            return error.description
        }
    }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
