import Contract
import EventLoop
import Invocations
import Testing
import Workers

@LoopActor
@Suite("A worker that is missing", .serialized)
struct WorkerRestartTests {
    private func failures(_ bench: PoolBench) -> Int {
        bench.notes.count { $0.message == "worker could not be started" }
    }

    @Test("is tried again beside a full pool until it can be started")
    func apart() async throws {
        let app = try ScriptedApp()
        defer { app.remove() }
        let bench = PoolBench(executable: app.path)
        defer { bench.pool.close() }
        try await bench.start()

        try app.allow(false)
        let suspect = bench.run("noop", alone: true)
        try await bench.wait(for: "two starts fail") { failures(bench) >= 2 }
        #expect(bench.pool.readyCount == 1)
        try app.allow(true)

        #expect(try await bench.outcome(suspect) == .succeeded)
    }

    @Test("is tried again after a backoff beside a full pool, where the app has changed")
    func changed() async throws {
        let app = try ScriptedApp()
        defer { app.remove() }
        let bench = PoolBench(executable: app.path)
        defer { bench.pool.close() }
        try await bench.start()

        // A hello with an empty manifest.
        try app.write(
            #"printf '\002\000\000\000\101\000\000\000\000\001\000' >&3; exec sleep 20"#)
        let begun = ContinuousClock.now
        bench.run("noop", alone: true)
        try await bench.wait(for: "four starts fail") { failures(bench) >= 4 }

        // Between them lie 50, 100 and 200 ms.
        #expect(ContinuousClock.now - begun >= .milliseconds(300))
        #expect(bench.pool.readyCount == 1)
    }

    @Test("is started for each of several that died together")
    func several() async throws {
        var limits = Limits()
        limits.slotsPerWorker = 1
        let bench = PoolBench(workers: 4, limits: limits)
        defer { bench.pool.close() }
        try await bench.start()
        try await bench.wait(for: "all are ready") { bench.pool.readyCount == 4 }

        for _ in 0..<4 { bench.run("leave") }
        try await bench.wait(for: "all die") { bench.pool.deaths == 4 }

        try await bench.wait(for: "all are ready again") { bench.pool.readyCount == 4 }
    }
}
