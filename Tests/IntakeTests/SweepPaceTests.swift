import Testing

@testable import Intake

@Suite("The pace of sweeps")
struct SweepPaceTests {
    private static let second: UInt64 = 1_000_000_000

    @Test(
        "walks what can't be watched for a twentieth of the time at most",
        arguments: [(0, 5), (200, 5), (1_000, 20), (4_000, 80), (30_000, 600), (999_000, 600)])
    func incomplete(milliseconds: UInt64, seconds: UInt64) {
        var pace = SweepPace(at: 0)
        pace.began(at: 7 * Self.second)
        pace.took(milliseconds * 1_000_000)

        let early = pace.isDue(at: (7 + seconds) * Self.second, isIncomplete: true)
        let due = pace.isDue(at: (7 + seconds) * Self.second + 1, isIncomplete: true)

        #expect(!early && due)
    }

    @Test("walks what is watched every ten minutes")
    func complete() {
        let pace = SweepPace(at: 0)

        #expect(!pace.isDue(at: 600 * Self.second, isIncomplete: false))
        #expect(pace.isDue(at: 600 * Self.second + 1, isIncomplete: false))
    }
}
