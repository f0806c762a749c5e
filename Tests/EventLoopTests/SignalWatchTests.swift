import EventLoop
import Glibc
import Testing

@Suite("A signal watch")
struct SignalWatchTests {
    @Test("calls back on the loop instead of ending the process")
    func calls() async {
        await #expect(processExitsWith: .success) {
            try await receiveTwice(SIGTERM)
        }
    }

    @Test("names the signal that can't be watched")
    @LoopActor func impossible() {
        let error = #expect(throws: LoopError.self) { try SignalWatch(SIGKILL) {} }

        #expect(
            error?.description
                == "could not watch signal 9: invalid argument (EINVAL)")
    }
}

@LoopActor
private func receiveTwice(_ signal: Int32) async throws {
    var calls = 0
    let watch = try SignalWatch(signal) {
        LoopActor.preconditionIsolated()
        calls += 1
    }
    kill(getpid(), signal)
    try await eventually("the first signal") { calls == 1 }
    kill(getpid(), signal)
    try await eventually("the second signal") { calls == 2 }
    watch.close()
}
