import Contract
import Hosting
import Testing

@Suite("Steps of the wall clock") struct ClockStepsTests {
    /// Looks at both clocks, each in milliseconds.
    private func look(_ steps: inout ClockSteps, _ wall: Int64, _ uptime: UInt64) -> Duration? {
        steps.step(wall: Instant(milliseconds: wall), uptimeNanoseconds: uptime * 1_000_000)
    }

    @Test("are seen once, and only those back")
    func steps() {
        var steps = ClockSteps()

        #expect(look(&steps, 1_000_000, 10) == nil)
        #expect(look(&steps, 1_001_000, 1_010) == nil)
        #expect(look(&steps, 1_001_000 - 3_600_000, 2_010) == .milliseconds(3_601_000))
        #expect(look(&steps, 1_002_000 - 3_600_000, 3_010) == nil)
        #expect(look(&steps, 9_000_000, 4_010) == nil, "forward is downtime")
        #expect(look(&steps, 9_001_000, 5_010) == nil)
    }

    @Test("are no steps where a clock is only slow")
    func slow() {
        var steps = ClockSteps()
        _ = look(&steps, 1_000_000, 0)

        #expect(look(&steps, 1_000_000, 1_000) == nil)
        #expect(look(&steps, 1_000_500, 2_000) == nil)
    }
}
