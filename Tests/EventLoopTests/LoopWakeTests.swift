import EventLoop
import Testing

@LoopActor
@Suite("A wake of the loop")
struct LoopWakeTests {
    @Test("calls once, however often it is woken before")
    func once() async throws {
        let wake = LoopWake()
        defer { wake.close() }
        var calls = 0
        wake.onWake = { calls += 1 }

        for _ in 0..<3 { wake.wake() }
        try await eventually("the call") { calls > 0 }

        #expect(calls == 1)
    }

    @Test("does nothing once it is closed and the loop has let go of it")
    func closed() async {
        await #expect(processExitsWith: .success) { @LoopActor in
            let wakes = (0..<64).map { _ in LoopWake() }
            for wake in wakes { wake.close() }
            try await eventually("the loop to let go") { LoopActor.openHandles == 0 }

            for wake in wakes { wake.wake() }
        }
    }
}
