import Contract
import Testing

/// An outcome in which all is as promised, and one forgery for each promise.
@Suite("The checks of chaos")
struct ChaosChecksTests {
    private static let entry = ChaosDeed(kind: .entry, number: 1)
    private static let flaky = ChaosDeed(kind: .flaky, number: 2)
    private static let events = (1...3).map {
        EventID(.event, number: $0, at: Instant(milliseconds: 1_795_426_200_000)).description
    }

    /// One entry that was accepted and done, one command that always throws, and one tick.
    private static var sound: ChaosChecks {
        func invocation(
            _ place: Int, _ function: String, _ state: String, attempts: Int = 0, of max: Int = 1000
        ) -> HostView.Invocation {
            HostView.Invocation(
                id: "i-\(place)", event: events[place], function: function, state: state,
                attempts: attempts, attemptsMax: max)
        }
        let view = HostView(
            status: .init(
                recorded: 3, pruned: 0, scheduled: 0, ready: 0, running: 0, retrying: 0,
                succeeded: 2, cancelled: 0, dead: 1),
            invocations: [
                invocation(0, "add", "succeeded"),
                invocation(1, "flaky", "dead", attempts: 3, of: 3),
                invocation(2, "beat", "succeeded"),
            ],
            tallies: [
                entry.id: ["entered": 1, "heard": 1, "audited": 1, "added": 1, "called": 1]
            ],
            beats: ["all-1795426201000": ["count": 1]],
            sums: ["lane-1": .init(count: 1)], copies: [:],
            histories: ["i-1": Array(repeating: HostView.Attempt(outcome: "failed"), count: 3)])
        var ledger = ChaosLoad.Ledger()
        ledger.accepted = [entry: 1, flaky: 1]
        ledger.events = Set(events)
        ledger.heard = [.entry: [.status(201): 1, .status(503): 2, .silence: 3]]
        return ChaosChecks(
            ledger: ledger, view: view, calls: ["once-1": [entry.id]], runs: record(lines),
            schedules: ["all": schedule], strikes: [.syncFailed: Strikes(done: 3, struck: 1)])
    }

    /// A schedule that fired once, and whose firing was ended two seconds later.
    private static var schedule: SeenSchedule {
        SeenSchedule(
            since: "2026-11-23T09:30:00.000Z",
            firings: [.init(plannedFor: "2026-11-23T09:30:01.000Z", event: events[2])],
            endedAt: 1_795_426_203)
    }

    /// Three runs of the command that always throws.
    private static let tries: [String] = (1...3).flatMap {
        [
            "begin\tflaky\ti-1\t\(events[1])\t\($0)\t\tflaky-2",
            "end\tflaky\ti-1\t\(events[1])\t\($0)",
        ]
    }

    /// Two runs of one function with one key, one after the other.
    private static let lines = [
        "begin\thear\ti-8\t\(events[0])\t1\tlane-1", "end\thear\ti-8\t\(events[0])\t1",
        "begin\thear\ti-9\t\(events[1])\t1\tlane-1", "end\thear\ti-9\t\(events[1])\t1",
    ]

    private static func record(_ lines: [String]) -> RunRecord {
        RunRecord((tries + lines).joined(separator: "\n"))
    }

    @Test("find nothing where all is as promised")
    func nothing() {
        #expect(Self.sound.mistakes == [])
    }

    @Test("let a tick give way where its schedule skips what overlaps")
    func superseded() {
        var checks = Self.sound
        checks.schedules = ["latest": Self.schedule]
        checks.view.invocations[2].state = "cancelled"
        checks.view.invocations[2].error = "superseded"
        checks.view.beats = [:]

        #expect(checks.mistakes == [])
    }

    struct Forgery: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var finding: String
        var forge: @Sendable (inout ChaosChecks) -> Void

        init(
            _ what: String, _ finding: String,
            _ forge: @escaping @Sendable (inout ChaosChecks) -> Void
        ) {
            testDescription = what
            self.finding = finding
            self.forge = forge
        }
    }

    @Test(
        "find what is not",
        arguments: [
            Forgery("an event is lost", "was accepted and is lost") {
                $0.view.invocations.removeFirst()
            },
            Forgery("one is missing in the sum", "3 recorded, 2 accounted for") {
                $0.view.status.dead = 0
            },
            Forgery("one is listed twice", "listed twice") {
                $0.view.invocations.append($0.view.invocations[0])
            },
            Forgery("one ended wrongly", "add i-0 ended dead") {
                $0.view.invocations[0].state = "dead"
            },
            Forgery("one died too early", "was charged 2 of 3") {
                $0.view.invocations[1].attempts = 2
            },
            Forgery("one was charged too often", "was charged 1001 of 1000") {
                $0.view.invocations[0].attempts = 1001
            },
            Forgery("the host has another policy", "was charged 4 of 3, and the host allows 4") {
                $0.view.invocations[1].attempts = 4
                $0.view.invocations[1].attemptsMax = 4
            },
            Forgery("a charge is not in the history", "charged 3, and its history has 2") {
                $0.view.histories["i-1"]?.removeLast()
            },
            Forgery("one failed that never began", "failed by itself 3 times, began 0") {
                $0.runs = RunRecord(lines.joined(separator: "\n"))
            },
            Forgery("one took its worker that never began", "failed by itself 4 times, began 3") {
                $0.view.histories["i-1"]?.append(
                    .init(outcome: "crashed", error: "the worker was ended by signal 6"))
            },
            Forgery("a tick gave way that is never left out", "beat i-2 ended cancelled") {
                $0.view.invocations[2].state = "cancelled"
                $0.view.invocations[2].error = "superseded"
            },
            Forgery("a file that came once was announced twice", "was ingested 2 times") {
                let file = ChaosDeed(kind: .file, number: 3)
                $0.ledger.accepted[file] = 1
                $0.view.tallies[file.id] = ["ingested": 2, "noted": 1]
            },
            Forgery("a caller was answered strangely", "\"later\" was answered 1 times: 500") {
                $0.ledger.heard[.later] = [.status(500): 1]
            },
            Forgery("a host did not answer at all", "was answered 2 times: not a byte moved") {
                $0.ledger.heard[.entry]?[.strange("not a byte moved for 30 s")] = 2
            },
            Forgery("a fault never struck", "was done 3 times, and never struck") {
                $0.strikes[.diskFull] = Strikes(done: 3)
            },
            Forgery("an effect is there twice", "was heard 2 times") {
                $0.view.tallies[Self.entry.id]?["heard"] = 2
            },
            Forgery("an effect is missing", "was audited 0 times") {
                $0.view.tallies[Self.entry.id]?["audited"] = nil
            },
            Forgery("an effect came of nothing", "which nobody asked for") {
                $0.view.tallies[Self.entry.id]?["ingested"] = 1
            },
            Forgery("a sum is wrong", "the sums come to 2, expected 1") {
                $0.view.sums["lane-1"]?.count = 2
            },
            Forgery("a second key came outside", "called with 2 keys") {
                $0.calls["once-2"] = [Self.entry.id]
            },
            Forgery("a key came with two works", "the key once-1 came with") {
                $0.calls["once-1"]?.insert("entry-7")
            },
            Forgery("a tick ran twice", "counts 2") {
                $0.view.beats["all-1795426201000"] = ["count": 2]
            },
            Forgery("an instant is decided twice", "is decided twice") {
                let all = $0.schedules["all"]?.firings ?? []
                $0.schedules["all"]?.firings = all + all
            },
            Forgery("an instant is not decided", "neither fired nor left out") {
                $0.schedules["all"]?.since = "2026-11-23T09:29:58.000Z"
            },
            Forgery("a schedule stopped firing", "decided up to 1795426201, and its firing ended") {
                $0.schedules["all"]?.endedAt = 1_795_426_204
            },
            Forgery("a schedule was made again", "and since 2026-11-23T09:30:05.000Z later") {
                $0.schedules["all"]?.take(.init(since: "2026-11-23T09:30:05.000Z", firings: []))
            },
            Forgery("an instant before that is not decided", "neither fired nor left out") {
                $0.schedules["all"]?.since = "2026-11-23T09:29:58.000Z"
                $0.schedules["all"]?.take(.init(since: "2026-11-23T09:30:00.000Z", firings: []))
            },
            Forgery("an instant is left out where all are caught up on", "was left out, for missed")
            {
                $0.schedules["all"]?.firings.append(
                    .init(plannedFor: "2026-11-23T09:30:02.000Z", skipped: "missed"))
            },
            Forgery("an instant is left out for no reason", "was left out, for no reason") {
                $0.schedules["latest"] = SeenSchedule(
                    since: "2026-11-23T09:30:00.000Z",
                    firings: [.init(plannedFor: "2026-11-23T09:30:01.000Z")])
            },
            Forgery("an attempt was handed out twice", "ran attempt 1 twice") {
                $0.runs = record(lines + lines.suffix(2))
            },
            Forgery("two of a key ran out of order", "began after event") {
                $0.runs = record(Array(lines.suffix(2) + lines.prefix(2)))
            },
            Forgery("two of a key ran at once", "still ran") {
                $0.runs = record([lines[0], lines[2], lines[1], lines[3]])
            },
        ])
    func forged(_ forgery: Forgery) {
        var checks = Self.sound
        forgery.forge(&checks)

        #expect(
            checks.mistakes.contains { $0.contains(forgery.finding) }, "\(checks.mistakes)")
    }
}
