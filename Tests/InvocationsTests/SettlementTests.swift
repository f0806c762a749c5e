import Contract
import Invocations
import Testing

@Suite("The retry law")
struct SettlementTests {
    static let start = Instant(milliseconds: 1_795_406_400_000)

    /// An attempt that ended, and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var outcome: Outcome
        var charged = 0
        var runs = 1
        var age = Duration.seconds(60)
        var settlement: Settlement

        var testDescription: String { name }
    }

    private static let boom = Outcome.failed(error: "boom", retryAfter: nil)
    private static let paths = ["orders/1", "orders/2"]

    /// `attemptsMax` 3, a delay of 10 s, `maxAge` of an hour, `runsMax` 5.
    static let cases: [Case] = [
        Case(name: "success ends it", outcome: .succeeded, settlement: .succeeded),
        Case(
            name: "success ends it at every bound", outcome: .succeeded, charged: 2, runs: 5,
            age: .hours(2), settlement: .succeeded),
        Case(
            name: "a rejection is never run again", outcome: .rejected(reason: "no such order"),
            settlement: .dead(reason: "rejected: no such order")),
        Case(
            name: "a failure waits", outcome: boom, settlement: .retry(at: start + .seconds(70))),
        Case(
            name: "a timeout waits", outcome: .timedOut, charged: 1, runs: 2,
            settlement: .retry(at: start + .seconds(70))),
        Case(
            name: "a crash waits", outcome: .crashed(error: "SIGSEGV"), charged: 1, runs: 4,
            settlement: .retry(at: start + .seconds(70))),
        Case(
            name: "the last failure is the end", outcome: boom, charged: 2, runs: 3,
            settlement: .dead(reason: "attempt 3 of 3 failed: boom")),
        Case(
            name: "the last timeout is the end", outcome: .timedOut, charged: 2, runs: 3,
            settlement: .dead(
                reason:
                    "attempt 3 of 3 timed out: the handler did not end within its timeout and grace"
            )),
        Case(
            name: "the last crash is the end", outcome: .crashed(error: "SIGSEGV"), charged: 2,
            runs: 3,
            settlement: .dead(reason: "attempt 3 of 3 crashed: SIGSEGV")),
        Case(
            name: "RetryLater names the delay",
            outcome: .failed(error: "later", retryAfter: .seconds(7)),
            settlement: .retry(at: start + .seconds(67))),
        Case(
            name: "RetryLater is charged",
            outcome: .failed(error: "later", retryAfter: .seconds(7)),
            charged: 2, runs: 3, settlement: .dead(reason: "attempt 3 of 3 failed: later")),
        Case(
            name: "RetryLater is never before now",
            outcome: .failed(error: "later", retryAfter: .seconds(-7)),
            settlement: .retry(at: start + .seconds(60))),
        Case(
            name: "RetryLater is 30 days at most",
            outcome: .failed(error: "later", retryAfter: .seconds(Int64.max)),
            settlement: .retry(at: start + .seconds(60) + .days(30))),
        Case(
            name: "a failure short of maxAge waits", outcome: boom,
            age: .hours(1) - .milliseconds(1),
            settlement: .retry(at: start + .hours(1) + .milliseconds(9_999))),
        Case(
            name: "a failure at maxAge is the end", outcome: boom, age: .hours(1),
            settlement: .dead(
                reason: "still failing 3600 s after its first run, where maxAge is 3600 s: boom")),
        Case(
            name: "a failure past maxAge is the end", outcome: boom, age: .hours(2),
            settlement: .dead(
                reason: "still failing 7200 s after its first run, where maxAge is 3600 s: boom")),
        Case(
            name: "a failure in the last run is the end", outcome: boom, runs: 5,
            settlement: .dead(reason: "ran 5 times in all, which is the most: boom")),
        Case(
            name: "a clock that jumped back ends nothing", outcome: boom, age: .hours(-5),
            settlement: .retry(at: start - .hours(5) + .seconds(10))),
        Case(
            name: "a conflict runs again at once", outcome: .conflicted(paths: paths), charged: 2,
            runs: 4,
            age: .hours(9), settlement: .rerun),
        Case(
            name: "a conflict in the last run is the end", outcome: .conflicted(paths: paths),
            runs: 5,
            settlement: .dead(
                reason:
                    "ran 5 times in all, which is the most; last it was conflicted: changed while "
                    + "it ran: orders/1, orders/2")),
        Case(
            name: "a cancelled one stays so", outcome: .interrupted(.cancelled), runs: 5,
            settlement: .cancelled),
    ]

    @Test("decides by outcome, attempts, runs and age", arguments: cases)
    func table(one: Case) {
        let found = settle(
            one.outcome,
            AttemptSoFar(charged: one.charged, runs: one.runs, firstRunAt: Self.start, chance: 0.5),
            Self.policies, runsMax: 5, now: Self.start + one.age)

        #expect(found == one.settlement)
    }

    @Test(
        "runs an interrupted one again, uncharged, whatever its age",
        arguments: [.drained, .neighbour, .host, .leaseLost, .workerUnavailable, .suspected]
            as [Interruption])
    func interruptions(reason: Interruption) {
        let so = AttemptSoFar(charged: 2, runs: 4, firstRunAt: Self.start, chance: 0)
        let last = AttemptSoFar(charged: 0, runs: 5, firstRunAt: Self.start, chance: 0)
        let now = Self.start + .days(9)

        let again = settle(.interrupted(reason), so, Self.policies, runsMax: 5, now: now)
        let ended = settle(.interrupted(reason), last, Self.policies, runsMax: 5, now: now)

        #expect(again == .again(suspect: reason == .suspected))
        #expect(
            ended
                == .dead(
                    reason: "ran 5 times in all, which is the most; last it was interrupted: "
                        + reason.rawValue))
    }

    @Test("never charges more than the policy allows, whatever comes")
    func charges() {
        var charged = 0
        var runs = 0
        while true {
            runs += 1
            let outcome = runs % 2 == 0 ? Outcome.interrupted(.neighbour) : Self.boom
            let found = settle(
                outcome,
                AttemptSoFar(charged: charged, runs: runs, firstRunAt: Self.start, chance: 0),
                Policies(retry: .fixed(.zero, attempts: 20)), runsMax: 100, now: Self.start)
            if outcome.isCharged { charged += 1 }
            if case .dead = found { break }
        }

        #expect(charged == 20)
        #expect(runs == 39)
    }

    @Test("lets chance choose within the second half of the delay")
    func jitter() {
        let policies = Policies(retry: .exponential(from: .seconds(10), to: .hours(1)))
        let dues = [0, 0.5, 0.999_999].map { chance in
            settle(
                Self.boom,
                AttemptSoFar(charged: 1, runs: 2, firstRunAt: Self.start, chance: chance),
                policies, runsMax: 100, now: Self.start)
        }

        #expect(dues[0] == .retry(at: Self.start + .seconds(10)))
        #expect(dues[1] == .retry(at: Self.start + .seconds(15)))
        #expect(dues[2] == .retry(at: Self.start + .milliseconds(19_999)))
    }

    @Test("with one attempt allowed ends at the first failure")
    func once() {
        let found = settle(
            Self.boom, AttemptSoFar(charged: 0, runs: 1, firstRunAt: Self.start, chance: 0),
            Policies(retry: .never), runsMax: 100, now: Self.start)

        #expect(found == .dead(reason: "attempt 1 of 1 failed: boom"))
    }

    private static let policies = Policies(
        retry: .fixed(.seconds(10), attempts: 3), maxAge: .hours(1))
}
