import Testing

@testable import Roost

@Suite("The rule of deadlines") struct DeadlinesTests {
    private let deadlines = Deadlines(grace: .seconds(5))
    private let second: UInt64 = 1_000_000_000

    private func verdict(
        began: UInt64?, cancelled: UInt64? = nil, now: UInt64
    ) -> Deadlines.Verdict {
        deadlines.verdict(
            began: began, cancelled: cancelled, timeout: .seconds(60), now: now)
    }

    @Test("waits for a handler that has not begun, however long")
    func waitsForBeginning() {
        #expect(verdict(began: nil, now: .max / 2) == .wait)
    }

    @Test("cancels at the timeout and not before")
    func cancels() {
        #expect(verdict(began: second, now: 61 * second - 1) == .wait)
        #expect(verdict(began: second, now: 61 * second) == .cancel)
    }

    @Test("is over when the grace is")
    func isOverdue() {
        #expect(verdict(began: 1, cancelled: second, now: 6 * second - 1) == .wait)
        #expect(verdict(began: 1, cancelled: second, now: 6 * second) == .overdue)
    }

    @Test("counts more than a second beyond the tick as absence")
    func countsAbsence() {
        let tick = Deadlines.tick.nanoseconds

        #expect(Deadlines.absence(since: second, now: 2 * second + tick) == 0)
        #expect(Deadlines.absence(since: second, now: 2 * second + tick + 1) == second + 1)
        #expect(Deadlines.absence(since: second, now: 0) == 0)
    }
}
