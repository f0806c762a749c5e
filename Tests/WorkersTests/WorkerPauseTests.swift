import Contract
import EventLoop
import Invocations
import Testing
import Workers

@LoopActor
@Suite("A worker that the host does not read", .serialized)
struct WorkerPauseTests {
    @Test("is not replaced for its silence")
    func silent() async throws {
        var limits = Limits()
        limits.workerSilence = .seconds(2)
        let bench = PoolBench(limits: limits)
        defer { bench.pool.close() }
        try await bench.start()

        bench.pool.pauseReading()
        let attempt = bench.run("noop")
        try await passes(.seconds(4), on: bench)
        bench.pool.resumeReading()
        let outcome = try await bench.outcome(attempt)

        #expect(outcome == .succeeded)
        #expect(bench.pool.deaths == 0)
    }

    @Test("is believed after its end what it answered before")
    func answered() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        bench.pool.pauseReading()
        let attempt = bench.run("noop")
        try await passes(.seconds(1), on: bench)
        let culprit = bench.run("leave")
        try await bench.wait(for: "the worker ends") { bench.pool.views.first?.state == .ended }
        bench.pool.resumeReading()
        let outcome = try await bench.outcome(attempt)
        let single = try await bench.outcome(culprit)

        #expect(outcome == .succeeded)
        guard case .crashed = single else { return #expect(Bool(false), "\(single)") }
    }

    private func passes(_ time: Duration, on bench: PoolBench) async throws {
        let end = ContinuousClock.now + time
        try await bench.wait(for: "time passes") { ContinuousClock.now >= end }
    }
}
