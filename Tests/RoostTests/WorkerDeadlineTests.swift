import Contract
import EventLoop
import Testing

@testable import Roost

private struct Item: Codable, Sendable {
    var id: String
}

private let items = DocumentCollection<Item>("items")
private let noop = Function("noop") { (_: Command<Int>, _) in }

/// Suspends until its task is cancelled.
private func untilCancelled() async throws {
    let never = AsyncStream<Void> { _ in }
    for await _ in never {}
    try Task.checkCancellation()
}

@Suite("A worker, where time runs out,", .timeLimit(.minutes(1))) @LoopActor
struct WorkerDeadlineTests {
    @Test("cancels the task of an attempt, also while it waits for an answer")
    func cancels() async throws {
        let waits = Function("waits") { (_: Command<Int>, _) in try await untilCancelled() }
        let reads = Function("reads") { (_: Command<Int>, context) in
            _ = try await context[items].get("a")
        }

        try await withWorker(waits, reads) { bench in
            try bench.invoke(1, "waits")
            bench.send(.cancel, 1)
            #expect(try await bench.outcome().report.outcome == .interrupted(.cancelled))

            try bench.invoke(2, "reads")
            _ = try await bench.next(.read)
            bench.send(.cancel, 2)
            #expect(try await bench.outcome().report.outcome == .interrupted(.cancelled))
        }
    }

    @Test("times an attempt out: one that hears of it at once, a deaf one after the grace")
    func timesOut() async throws {
        let hears = Function("hears") { (_: Command<Int>, _) in try await untilCancelled() }
        let release = AsyncStream<Void>.makeStream()
        let deaf = Function("deaf") { (_: Command<Int>, context) in
            // A task of its own does not hear of the cancelling.
            await Task.detached { for await _ in release.stream {} }.value
            try context.send(1, to: noop)
        }

        try await withWorker(hears, deaf, noop) { bench in
            try bench.invoke(1, "hears", timeout: .milliseconds(20))
            #expect(try await bench.outcome().report.outcome == .timedOut)

            try bench.invoke(2, "deaf", timeout: .milliseconds(20))
            let report = try await bench.outcome().report
            #expect(report.outcome == .timedOut)
            #expect(report.duration >= .milliseconds(120))

            // The late result is dropped: what comes next is another attempt's.
            release.continuation.finish()
            try bench.invoke(3, "noop")
            #expect(try await bench.outcome().number == 3)
        }
    }

    @Test("lets a handler hear of its timeout that computes and never suspends")
    func timesOutComputing() async throws {
        let computes = Function("computes") { (_: Command<Int>, context) in
            let deadline = ContinuousClock.now + .seconds(10)
            while !Task.isCancelled, ContinuousClock.now < deadline {}
            if ContinuousClock.now < deadline { try context.send(1, to: noop) }
        }

        try await withWorker(computes, noop) { bench in
            try bench.invoke(1, "computes", timeout: .milliseconds(20))
            let report = try await bench.outcome().report

            #expect(report.outcome == .succeeded)
            #expect(report.effects.count == 1)
        }
    }

    @Test("sends all of a long body that was returned within the grace")
    func sendsBodyOfGrace() async throws {
        let late = Function("late") { (_: WebRequest, _) in
            try? await untilCancelled()
            return .bytes([UInt8](repeating: 7, count: 100_000))
        }

        try await withWorker(late) { bench in
            let request = RequestData(method: "GET", target: "/")
            try bench.invoke(1, "late", data: request.encoded(), timeout: .milliseconds(20))
            let report = try await bench.outcome().report
            bench.send(.window, 1) { $0.append(count: 1 << 20) }
            var bytes = 0
            var last = try await bench.next(.body).payload
            while last[0] == 0 {
                bytes += last.count - 1
                last = try await bench.next(.body).payload
            }

            #expect(report.outcome == .succeeded)
            #expect(report.response?.body == .long(bytes: 100_000))
            #expect(last == [1])
            #expect(bytes == 100_000)
        }
    }

    @Test("counts success within the grace as success")
    func succeedsInGrace() async throws {
        let late = Function("late") { (_: Command<Int>, context) in
            try? await untilCancelled()
            try context.send(1, to: noop)
        }

        try await withWorker(late, noop) { bench in
            try bench.invoke(1, "late", timeout: .milliseconds(20))
            let report = try await bench.outcome().report

            #expect(report.outcome == .succeeded)
            #expect(report.effects.count == 1)
        }
    }
}
