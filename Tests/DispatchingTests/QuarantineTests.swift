import Contract
import Dispatching
import Invocations
import Testing

@Suite("The quarantine")
struct QuarantineTests {
    private let function = FunctionNumber(1)
    private var quarantine = Quarantine()

    private func minute(_ minutes: Int64, _ milliseconds: Int64 = 0) -> Instant {
        Desk.start + .minutes(minutes) + .milliseconds(milliseconds)
    }

    @Test("takes a function that was named three times in ten minutes")
    mutating func three() {
        quarantine.note(function, at: minute(0))
        quarantine.note(function, at: minute(5))
        #expect(!quarantine.contains(function, at: minute(5)))

        quarantine.note(function, at: minute(10, -1))

        #expect(quarantine.contains(function, at: minute(10)))
        #expect(!quarantine.contains(FunctionNumber(2), at: minute(10)))
    }

    @Test("leaves one alone whose three times took longer")
    mutating func slow() {
        for minutes in [0, 5, 10, 15, 20] as [Int64] {
            quarantine.note(function, at: minute(minutes))
            #expect(!quarantine.contains(function, at: minute(minutes)))
        }
    }

    @Test("ends when ten minutes pass without another")
    mutating func end() {
        for minutes in [0, 1, 2] as [Int64] { quarantine.note(function, at: minute(minutes)) }

        #expect(quarantine.contains(function, at: minute(12, -1)))
        #expect(!quarantine.contains(function, at: minute(12)))
        #expect(quarantine.isEmpty)
    }

    @Test("goes on with each that comes before it ends, however slowly")
    mutating func goesOn() {
        for minutes in [0, 1, 2, 11, 20, 29] as [Int64] {
            quarantine.note(function, at: minute(minutes))
        }

        #expect(quarantine.contains(function, at: minute(38)))
        #expect(!quarantine.contains(function, at: minute(39)))
    }

    @Test("begins anew after it ended")
    mutating func anew() {
        for minutes in [0, 1, 2, 30, 31] as [Int64] { quarantine.note(function, at: minute(minutes)) }

        #expect(!quarantine.contains(function, at: minute(31)))
        quarantine.note(function, at: minute(32))
        #expect(quarantine.contains(function, at: minute(32)))
    }

    @Test("stays while a clock that jumped back says that it is earlier")
    mutating func clockBack() {
        for minutes in [60, 61, 62] as [Int64] { quarantine.note(function, at: minute(minutes)) }

        #expect(quarantine.contains(function, at: minute(0)))
    }
}
