import EventLoop
import Testing

@Suite("A loop timer", .timeLimit(.minutes(1)))
@LoopActor
struct LoopTimerTests {
    @Test("fires once after its delay")
    func once() async throws {
        let timer = LoopTimer()
        let start = LoopActor.uptimeNanoseconds
        var fired: [UInt64] = []

        timer.schedule(after: .milliseconds(5)) { fired.append(LoopActor.uptimeNanoseconds) }
        try await eventually("the timer") { !fired.isEmpty }

        #expect(fired.count == 1)
        // The loop's clock counts whole milliseconds.
        #expect(fired[0] - start >= 4_000_000)
        timer.close()
    }

    @Test("repeats until it is cancelled, from within its own call too")
    func repeating() async throws {
        let timer = LoopTimer()
        let after = LoopTimer()
        var calls = 0
        var isLater = false

        timer.schedule(after: .milliseconds(1), repeating: true) {
            calls += 1
            if calls == 3 { timer.cancel() }
        }
        try await eventually("three calls") { calls == 3 }
        after.schedule(after: .milliseconds(5)) { isLater = true }
        try await eventually("a later timer") { isLater }

        #expect(calls == 3)
        timer.close()
        after.close()
    }

    @Test("that is always due again lets the loop go on")
    func dueAtOnce() async throws {
        let timer = LoopTimer()
        let calls = TimerCalls()

        calls.start(timer)
        try await eventually("ten calls") { calls.count >= 10 }

        timer.close()
    }

    @Test("replaces what it was to do, and does nothing once closed within its own call")
    func replacing() async throws {
        let timer = LoopTimer()
        var said: [String] = []

        timer.schedule(after: .milliseconds(1)) { said.append("first") }
        timer.schedule(after: .milliseconds(1), repeating: true) {
            said.append("second")
            timer.close()
        }
        try await eventually("the second") { said.contains("second") }

        #expect(said == ["second"])
    }

    @Test(
        "rounds a delay up to whole milliseconds",
        arguments: [
            (.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1), 1), (.microseconds(1001), 2),
            (.seconds(-1), 0), (.seconds(Int64.max), .max),
        ] as [(Duration, UInt64)])
    func rounding(delay: Duration, milliseconds: UInt64) {
        #expect(delay.millisecondsRoundedUp == milliseconds)
    }
}

@LoopActor
private final class TimerCalls {
    var count = 0

    func start(_ timer: LoopTimer) {
        timer.schedule(after: .zero) {
            self.count += 1
            if self.count < 1000 { self.start(timer) }
        }
    }
}
