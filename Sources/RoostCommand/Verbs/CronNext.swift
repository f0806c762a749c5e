import ArgumentParser
import Contract
import Cron
import FoundationEssentials
import Hosting

/// `roost cron`: time patterns, without a host.
struct CronVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cron", abstract: "Preview time patterns.", subcommands: [CronNext.self])
}

/// `roost cron next EXPR`: the next instants of a pattern.
struct CronNext: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "Print the next instants of a pattern, in UTC.")

    @Argument(help: "5 fields, or 6 with the seconds first; or @daily and its like.")
    var pattern: String

    @Option(help: "An IANA zone, whose wall clock the pattern reads.")
    var zone = "UTC"

    @Option(help: ArgumentHelp("The instants after this one; default: now.", valueName: "time"))
    var after: String?

    @Option(help: "How many, 1 to 1000.")
    var count = 5

    @Option(help: "What becomes of a fixed time that a spring change removes: after or skip.")
    var gap = GapRule.after.rawValue

    @Option(help: "What becomes of a fixed time that an autumn change repeats: first or both.")
    var repeated = RepeatRule.first.rawValue

    @OptionGroup var showing: ShowingOptions

    func run() throws {
        guard (1...1000).contains(count) else {
            throw CommandFailure.badNumber(
                flag: "--count", found: "\(count)", expected: "1 to 1000")
        }
        let instants = try timetable().instants(after: try start(), max: count).map {
            Instant(milliseconds: $0.seconds * 1000).rfc3339.replacing(".000Z", with: "Z")
        }
        guard showing.isJSON else {
            for instant in instants { print(instant) }
            return
        }
        var json = JSONWriter()
        json.array { array in for instant in instants { array.value(instant) } }
        print(String(decoding: json.bytes, as: UTF8.self))
    }

    private func timetable() throws(CommandFailure) -> Timetable {
        do {
            guard let gap = GapRule(rawValue: gap) else {
                throw CommandFailure.badData("--gap is \"\(gap)\", expected after or skip")
            }
            guard let repeated = RepeatRule(rawValue: repeated) else {
                throw CommandFailure.badData(
                    "--repeated is \"\(repeated)\", expected first or both")
            }
            let pattern = try CronPattern(pattern)
            try pattern.requireDates()
            return .cron(
                pattern, zone: try ZoneFiles().zone(zone), gap: gap,
                repeated: repeated)
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw .badData("\(error)")
        }
    }

    /// False for a day that no calendar has, which would be taken for one of the next month.
    private func isDay(_ text: Substring) -> Bool {
        let style = Date.ISO8601FormatStyle().year().month().day()
        // What is no day at all is none.
        return (try? style.parse(String(text))).map(style.format) == String(text)
    }

    private func start() throws(CommandFailure) -> UnixTime {
        guard let after else { return UnixTime(seconds: Int64(Date().timeIntervalSince1970)) }
        let styles = [
            Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        for style in styles {
            // One of the two forms fits, or the text is no time.
            guard let date = try? style.parse(after), isDay(after.prefix(10)) else { continue }
            return UnixTime(seconds: Int64(date.timeIntervalSince1970.rounded(.down)))
        }
        throw .badData("--after is \"\(after)\", expected a time such as 2026-11-24T03:00:00Z")
    }
}
