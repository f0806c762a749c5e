import Contract
import EventLoop
import Invocations
import Testing
import Workers

@LoopActor
@Suite("A worker that grew old or large", .serialized)
struct WorkerReplacementTests {
    /// Far above what a worker of the probe takes by itself, even with debug information.
    private static let boundBytes = 256 << 20

    private func withBench(
        _ change: (inout Limits) -> Void, _ body: (PoolBench) async throws -> Void
    ) async throws {
        var limits = Limits()
        change(&limits)
        let bench = PoolBench(limits: limits)
        defer { bench.pool.close() }
        try await bench.start()
        try await body(bench)
    }

    private func hoard(_ mebibytes: Int, milliseconds: Int = 60_000) -> String {
        #"{"mebibytes":\#(mebibytes),"milliseconds":\#(milliseconds)}"#
    }

    private func isRetired(_ bench: PoolBench, _ pid: Int32) -> Bool {
        bench.notes.contains { $0.message == "worker is retired" && $0.worker == pid }
    }

    @Test("is retired above the bound of its memory, and what runs inside succeeds")
    func retiresTheLarge() async throws {
        try await withBench {
            $0.workerBytesMax = Self.boundBytes
        } _: { bench in
            let old = try #require(bench.pool.views.first)
            let attempt = bench.run("hoard", hoard(300, milliseconds: 4_000))

            try await bench.wait(for: "the worker is retired") { isRetired(bench, old.pid) }
            let next = try await bench.end(of: bench.run("noop"))
            let end = try await bench.end(of: attempt)

            #expect(end.report.outcome == .succeeded && end.worker == old.pid)
            #expect(next.report.outcome == .succeeded && next.worker != old.pid)
            #expect(bench.pool.deaths == 0, "nobody counts the end of a retired worker as a death")
        }
    }

    @Test("is killed above twice the bound, which charges a single one inside")
    func killsTheHuge() async throws {
        try await withBench {
            $0.workerBytesMax = Self.boundBytes
        } _: { bench in
            let outcome = try await bench.outcome(bench.run("hoard", hoard(700)))
            let after = try await bench.outcome(bench.run("noop"))

            guard case .crashed(let error) = outcome else {
                return #expect(Bool(false), "\(outcome)")
            }
            #expect(error.contains("bytes of memory, over twice its bound"), "\(error)")
            #expect(after == .succeeded)
        }
    }

    @Test("is killed above twice the bound, which makes suspects of several")
    func suspectsSeveral() async throws {
        try await withBench {
            $0.workerBytesMax = Self.boundBytes
        } _: { bench in
            let neighbour = bench.run("rest", #"{"id":"","milliseconds":60000}"#)
            let large = bench.run("hoard", hoard(700))

            let outcomes = [
                try await bench.outcome(large), try await bench.outcome(neighbour),
            ]

            #expect(outcomes == [.interrupted(.suspected), .interrupted(.suspected)])
        }
    }

    @Test("is retired after as many runs as it may have")
    func retiresTheOld() async throws {
        try await withBench {
            $0.workerRunsMax = 3
        } _: { bench in
            let old = try #require(bench.pool.views.first)
            for _ in 0..<2 { _ = try await bench.end(of: bench.run("noop")) }
            #expect(bench.pool.views.map(\.runs) == [2])

            let last = try await bench.end(of: bench.run("noop"))
            try await bench.wait(for: "the worker is retired") { isRetired(bench, old.pid) }
            let next = try await bench.end(of: bench.run("noop"))

            #expect(last.worker == old.pid && next.worker != old.pid)
            #expect(next.report.outcome == .succeeded && bench.pool.deaths == 0)
        }
    }
}
