import EventLoop
import Glibc
import Testing

@Suite("The loop as an executor", .timeLimit(.minutes(1)))
struct LoopExecutorTests {
    @Test("runs what a callback starts before it waits for the kernel again")
    func jobsOfCallbacks() async throws {
        let timer = await LoopTimer()

        await withCheckedContinuation { continuation in
            Task { @LoopActor in
                timer.schedule(after: .milliseconds(1)) {
                    Task { @LoopActor in continuation.resume() }
                }
            }
        }

        await timer.close()
    }

    @Test("loses no wake-up of many threads that find it idle")
    func wakeUps() async throws {
        let hops = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { await hopToTheLoopAndBack(times: 2000) } }
            return await group.reduce(0, +)
        }

        #expect(hops == 16_000)
    }

    @Test("ends a turn once for each who asked, after the jobs of the turn")
    @LoopActor func turnEnds() async throws {
        let counter = TurnEndCounter()

        LoopActor.atTurnEnd(counter)
        LoopActor.atTurnEnd(counter)
        #expect(counter.calls == 0)
        try await eventually("the turn's end") { counter.calls > 0 }

        #expect(counter.calls == 2)
    }

    @Test("goes on with the kernel when the ends of turns never end")
    @LoopActor func endlessTurnEnds() async throws {
        let counter = TurnEndCounter(isEndless: true)
        let timer = LoopTimer()
        var hasFired = false

        LoopActor.atTurnEnd(counter)
        timer.schedule(after: .milliseconds(2)) { hasFired = true }
        try await eventually("the timer, and more ends") { hasFired && counter.calls > 16 }

        counter.isEndless = false
        timer.close()
    }

    @Test("is the executor that isolated code finds itself on")
    @LoopActor func isolation() async {
        LoopActor.preconditionIsolated()
        #expect(LoopActor.executor.isCurrentThread)
    }

    @Test("lends itself to other actors")
    func otherActors() async {
        let neighbour = Neighbour()

        #expect(await neighbour.isOnTheLoop)
        #expect(!LoopActor.executor.isCurrentThread)
    }

    @Test("traps when another thread claims to be the loop")
    func anotherThread() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            LoopActor.assumeIsolated {}
        }

        #expect(result.says("a loop callback runs on the loop's thread"))
    }

    @Test("keeps the process alive when a pipe has no reader")
    func brokenPipe() async {
        await #expect(processExitsWith: .success) {
            #expect(await isOnTheLoop())
            var ends: [Int32] = [0, 0]
            #expect(pipe(&ends) == 0)
            close(ends[0])

            #expect(write(ends[1], "x", 1) == -1)
            #expect(errno == EPIPE)
        }
    }

    @Test("measures its longest turn")
    @LoopActor func lag() async throws {
        _ = LoopActor.takeLag()
        let start = LoopActor.uptimeNanoseconds
        while LoopActor.uptimeNanoseconds < start + 3_000_000 {}
        var longest: UInt64 = 0

        try await eventually("a turn of 3 ms") {
            longest = max(longest, LoopActor.takeLag().longestNanoseconds)
            return longest >= 3_000_000
        }
    }
}

private actor Neighbour {
    nonisolated var unownedExecutor: UnownedSerialExecutor {
        LoopActor.executor.asUnownedSerialExecutor()
    }
    var isOnTheLoop: Bool { LoopActor.executor.isCurrentThread }
}

private final class TurnEndCounter: TurnEnd {
    var calls = 0
    var isEndless: Bool

    init(isEndless: Bool = false) { self.isEndless = isEndless }

    func turnEnds() {
        calls += 1
        if isEndless { LoopActor.atTurnEnd(self) }
    }
}

private func hopToTheLoopAndBack(times: Int) async -> Int {
    var hops = 0
    for _ in 0..<times where await isOnTheLoop() { hops += 1 }
    return hops
}

@LoopActor
private func isOnTheLoop() -> Bool { LoopActor.executor.isCurrentThread }
