import Contract
import Cron
import Invocations
import Testing

@testable import Intake

@Suite("The rule of a schedule")
struct ScheduleRuleTests {
    private static let noon = Instant(milliseconds: 1_795_521_600_000)

    private static func rule(_ missed: String, _ pattern: String = "* * * * *") throws
        -> ScheduleRule
    {
        ScheduleRule(
            timetable: .cron(try CronPattern(pattern), zone: .utc),
            missed: try #require(ScheduleRule.Missed(missed)))
    }

    private func minute(_ count: Int) -> Instant { Self.noon + .minutes(Int64(count)) }

    @Test("runs what is on time, once", arguments: ["skip", "latest", "all:3"])
    func onTime(missed: String) throws {
        let rule = try Self.rule(missed)

        let early = rule.decision(after: Self.noon, now: minute(1) - .milliseconds(1))
        let due = rule.decision(after: Self.noon, now: minute(1) + .milliseconds(40))
        let again = rule.decision(after: minute(1), now: minute(1) + .seconds(9))

        #expect(early == nil && again == nil)
        #expect(due == .init(runs: [minute(1)], skips: [], through: minute(1)))
    }

    @Test(
        "decides what was missed by its choice",
        arguments: [
            ("skip", [], [Skip.Reason.missed: (1, 30)]),
            ("latest", [30], [.superseded: (1, 29)]),
            ("all:3", [28, 29, 30], [.missed: (1, 27)]),
            ("all:99", Array(1...30), [:]),
        ] as [(String, [Int], [Skip.Reason: (Int, Int)])])
    func missed(missed: String, runs: [Int], skips: [Skip.Reason: (Int, Int)]) throws {
        let decision = try #require(
            try Self.rule(missed).decision(after: Self.noon, now: minute(30) + .seconds(30)))

        #expect(decision.runs == runs.map(minute))
        #expect(
            decision.skips
                == skips.map {
                    Skip(first: minute($0.value.0), last: minute($0.value.1), reason: $0.key)
                })
        #expect(decision.through == minute(30))
    }

    @Test("takes one that is on time for the latest")
    func missedAndOnTime() throws {
        let decision = try #require(
            try Self.rule("latest").decision(after: Self.noon, now: minute(3) + .seconds(1)))

        #expect(decision.runs == [minute(3)])
        #expect(
            decision.skips == [Skip(first: minute(1), last: minute(2), reason: .superseded)])
    }

    @Test("repeats nothing when the wall clock goes back")
    func back() throws {
        let rule = try Self.rule("latest")

        #expect(rule.decision(after: minute(60), now: minute(30)) == nil)
        #expect(rule.next(after: minute(60)) == minute(61))
    }

    @Test("decides a year of seconds at once")
    func year() throws {
        let rule = try Self.rule("latest", "* * * * * *")
        let now = Self.noon + .days(365)

        let decision = try #require(rule.decision(after: Self.noon, now: now))

        #expect(decision.runs.last == now && decision.skips.count == 1)
    }

    @Test(
        "reads no choice out of nonsense",
        arguments: ["", "all", "all:0", "all:-1", "all:1001", "first"])
    func nonsense(text: String) { #expect(ScheduleRule.Missed(text) == nil) }

    @Test("lets no more run of what was missed than is bounded, and says the bound")
    func bounded() {
        let declaration = ScheduleDeclaration(
            name: "often", function: "beat", pattern: .everyMilliseconds(1000), zone: "UTC",
            missed: "all:1001", overlap: "queue", gap: "after", repeated: "first",
            jitterMilliseconds: 0)

        let mistake = declaration.mistake(among: []) { _ in .utc }

        #expect(ScheduleRule.Missed("all:1000") == ScheduleRule.Missed.all(max: 1_000))
        #expect(
            mistake == "the schedule \"often\": missed is \"all:1001\", expected skip, latest, or "
                + "all: with the most that run, 1 to 1000, such as all:100")
    }
}
