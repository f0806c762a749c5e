import Contract
import Dispatching
import Invocations
import Testing

@Suite("The quarantine")
struct QuarantineTests {
    private let function = FunctionNumber(1)
    private let kept = Kept()

    private final class Kept {
        var quarantine = Quarantine()
    }

    private func note(_ instants: Instant...) {
        for instant in instants { kept.quarantine.note(function, at: instant) }
    }

    private func isApart(_ other: FunctionNumber? = nil, at now: Instant) -> Bool {
        kept.quarantine.contains(other ?? function, at: now)
    }

    private func minute(_ minutes: Int64, _ milliseconds: Int64 = 0) -> Instant {
        Desk.start + .minutes(minutes) + .milliseconds(milliseconds)
    }

    @Test("lasts as long as it would have when the clock is set back")
    func stepsBack() {
        var quarantine = Quarantine()
        let function = FunctionNumber(1)
        for _ in 0..<Quarantine.namesMax { quarantine.note(function, at: Desk.start) }

        quarantine.stepBack(.hours(1))

        let earlier = Desk.start - .hours(1)
        #expect(quarantine.contains(function, at: earlier + .minutes(9)))
        #expect(!quarantine.contains(function, at: earlier + .minutes(11)))
    }

    @Test("takes a function that was named three times in ten minutes")
    func three() {
        note(minute(0))
        note(minute(5))
        #expect(!isApart(at: minute(5)))

        note(minute(10, -1))

        #expect(isApart(at: minute(10)))
        #expect(!isApart(FunctionNumber(2), at: minute(10)))
    }

    @Test("leaves one alone whose three times took longer")
    func slow() {
        for minutes in [0, 5, 10, 15, 20] as [Int64] {
            note(minute(minutes))
            #expect(!isApart(at: minute(minutes)))
        }
    }

    @Test("ends when ten minutes pass without another")
    func end() {
        for minutes in [0, 1, 2] as [Int64] { note(minute(minutes)) }

        #expect(isApart(at: minute(12, -1)))
        #expect(!isApart(at: minute(12)))
    }

    @Test("goes on with each that comes before it ends, however slowly")
    func goesOn() {
        for minutes in [0, 1, 2, 11, 20, 29] as [Int64] {
            note(minute(minutes))
        }

        #expect(isApart(at: minute(38)))
        #expect(!isApart(at: minute(39)))
    }

    @Test("begins anew after it ended")
    func anew() {
        for minutes in [0, 1, 2, 30, 31] as [Int64] { note(minute(minutes)) }

        #expect(!isApart(at: minute(31)))
        note(minute(32))
        #expect(isApart(at: minute(32)))
    }

    @Test("stays while a clock that jumped back says that it is earlier")
    func clockBack() {
        for minutes in [60, 61, 62] as [Int64] { note(minute(minutes)) }

        #expect(isApart(at: minute(0)))
    }
}
