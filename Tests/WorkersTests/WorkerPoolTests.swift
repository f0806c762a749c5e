import Contract
import EventLoop
import Invocations
import Testing
import Workers

@LoopActor
@Suite("A worker pool", .serialized)
struct WorkerPoolTests {
    @Test("runs an attempt and tells its end once")
    func runs() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let end = try await bench.end(of: bench.run("noop"))

        #expect(end.report.outcome == .succeeded)
        #expect(end.worker > 0)
    }

    @Test("tells what a handler threw, and which field did not decode")
    func tellsErrors() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let thrown = try await bench.outcome(bench.run("fail"))
        let undecoded = try await bench.outcome(bench.run("noop", #"{"id":1,"milliseconds":0}"#))

        guard case .failed(let error, nil) = thrown else {
            return #expect(Bool(false), "\(thrown)")
        }
        #expect(error.contains("Failure"))
        guard case .rejected(let reason) = undecoded else {
            return #expect(Bool(false), "\(undecoded)")
        }
        #expect(reason.contains("id"))
    }

    @Test("gives a turn's attempts to one worker, and the next turn's to the least loaded")
    func turns() async throws {
        let bench = PoolBench(workers: 2)
        defer { bench.pool.close() }
        try await bench.start()
        try await bench.wait(for: "both workers are ready") { bench.pool.readyCount == 2 }
        let long = #"{"id":"","milliseconds":60000}"#

        for _ in 0..<3 { bench.run("rest", long) }
        let first = bench.pool.views.map(\.inside).sorted()
        await LoopTimer.wait(.milliseconds(1))
        for _ in 0..<2 { bench.run("rest", long) }

        #expect(first == [0, 3])
        #expect(bench.pool.views.map(\.inside).sorted() == [2, 3])
    }

    @Test("hands data over that is longer than a frame", arguments: [65_536, 65_537, 900_000])
    func longData(bytes: Int) async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let padding = String(repeating: "a", count: bytes)
        let outcome = try await bench.outcome(
            bench.run("noop", #"{"id":"\#(padding)","milliseconds":0}"#))

        #expect(outcome == .succeeded)
    }

    @Test(
        "charges whoever crashes, and nobody beside it",
        arguments: ["crash", "crash-in-child-task"])
    func blames(function: String) async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()
        let neighbours = (0..<127).map { _ in bench.run("rest", #"{"id":"","milliseconds":30000}"#)
        }

        let culprit = try await bench.outcome(bench.run(function))

        guard case .crashed(let error) = culprit else { return #expect(Bool(false), "\(culprit)") }
        #expect(error.contains("signal"))
        for neighbour in neighbours {
            #expect(try await bench.outcome(neighbour) == .interrupted(.neighbour))
        }
    }

    @Test("suspects all of several where nobody is named, and charges a single one")
    func suspects() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let neighbour = bench.run("rest", #"{"id":"","milliseconds":30000}"#)
        let several = try await bench.outcome(bench.run("leave"))
        let suspected = try await bench.outcome(neighbour)
        let end = try await bench.end(of: bench.run("leave"))
        let single = end.report.outcome

        #expect(several == .interrupted(.suspected))
        #expect(suspected == .interrupted(.suspected))
        guard case .crashed(let error) = single else { return #expect(Bool(false), "\(single)") }
        #expect(error.contains("exited with status 3"))
        #expect(end.report.duration > .zero, "it began when it was handed over")
    }

    @Test("gives back what waits for a worker, and says nothing of it")
    func takesBack() async throws {
        var limits = Limits()
        limits.slotsPerWorker = 1
        let bench = PoolBench(limits: limits)
        defer { bench.pool.close() }
        try await bench.start()
        for _ in bench.pool.views { _ = bench.run("rest", #"{"id":"","milliseconds":500}"#) }
        let waiting = bench.run("noop")
        let next = bench.run("noop")

        #expect(bench.pool.takeBack { $0 == waiting } == [waiting])
        #expect(bench.pool.takeBack { $0 == waiting } == [])
        #expect(try await bench.outcome(next) == .succeeded)
        #expect(bench.pool.takeBack { _ in true } == [])
    }

    @Test("charges three that spin, and gives their neighbours back")
    func spins() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()
        let neighbours = (0..<125).map { _ in bench.run("rest", #"{"id":"","milliseconds":60000}"#)
        }

        let spinning = (0..<3).map { _ in bench.run("spin", timeout: .seconds(1)) }

        var charged = 0
        for attempt in spinning {
            let outcome = try await bench.outcome(attempt)
            if outcome == .timedOut { charged += 1 }
            #expect(outcome == .timedOut || outcome == .interrupted(.neighbour))
        }
        // A spin that found no free thread never began, and is not to blame.
        #expect(charged >= 1)
        for neighbour in neighbours {
            #expect(try await bench.outcome(neighbour) == .interrupted(.neighbour))
        }
    }

    @Test("replaces a worker that writes garbage")
    func garbage() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let outcome = try await bench.outcome(bench.run("garbage"))
        let after = try await bench.outcome(bench.run("noop"))

        guard case .crashed(let error) = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(error.contains("a frame of"))
        #expect(after == .succeeded)
    }

    @Test("runs a suspect in a worker of its own, beside the pool")
    func quarantine() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()
        let neighbour = bench.run("rest", #"{"id":"","milliseconds":1500}"#)

        let crashed = try await bench.end(of: bench.run("crash", alone: true))
        let clean = try await bench.end(of: bench.run("noop", alone: true))

        guard case .crashed = crashed.report.outcome else {
            return #expect(Bool(false), "\(crashed.report.outcome)")
        }
        #expect(clean.report.outcome == .succeeded)
        #expect(try await bench.outcome(neighbour) == .succeeded)
    }

    @Test("cancels an attempt that listens")
    func cancels() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()
        let attempt = bench.run("rest", #"{"id":"","milliseconds":60000}"#)

        bench.pool.cancel(attempt)

        #expect(try await bench.outcome(attempt) == .interrupted(.cancelled))
    }

    @Test("ends an attempt that outlasts its timeout, and retires the worker")
    func timesOut() async throws {
        let bench = PoolBench()
        defer { bench.pool.close() }
        try await bench.start()

        let attempt = bench.run(
            "rest", #"{"id":"","milliseconds":60000}"#, timeout: .milliseconds(200))

        // The sleep ends with the cancellation, within the grace, but not with success.
        #expect(try await bench.outcome(attempt) == .timedOut)
        try await bench.wait(for: "the worker is retired") {
            bench.notes.contains { $0.message == "worker is retired after a timeout" }
        }
    }

    @Test("gives a worker that is retired after a timeout nothing more")
    func placesElsewhere() async throws {
        var limits = Limits()
        limits.slotsPerWorker = 1
        let bench = PoolBench(limits: limits)
        defer { bench.pool.close() }
        try await bench.start()
        let late = bench.run(
            "rest", #"{"id":"","milliseconds":60000}"#, timeout: .milliseconds(200))

        let next = try await bench.end(of: bench.run("noop"))
        let end = try await bench.end(of: late)

        #expect(end.report.outcome == .timedOut)
        #expect(next.report.outcome == .succeeded && next.worker != end.worker)
    }

    @Test(
        "tells why an app could not be started",
        arguments: [
            ("/nowhere/app", "no such file"), ("/bin/true", "said hello"),
            ("/", "permission denied"),
        ])
    func refusesApps(executable: String, words: String) async throws {
        let bench = PoolBench(executable: executable)
        defer { bench.pool.close() }

        let error = await #expect(throws: WorkerError.self) { try await bench.pool.start() }

        #expect("\(error!)".contains(words), "\(error!)")
    }
}
