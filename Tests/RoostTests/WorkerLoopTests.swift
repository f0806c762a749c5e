import Contract
import EventLoop
import FoundationEssentials
import Glibc
import Testing

@testable import Roost

private struct Item: Codable, Sendable, Equatable, Identifiable {
    var id: String
    var count: Int
}

private let items = DocumentCollection<Item>("items")
private let added = Topic<Item>("items.added")
private let noop = Function("noop") { (_: Command<Int>, _) in }

private func failing(_ error: any Error) -> Function<Command<Int>> {
    Function("failing") { (_: Command<Int>, _) in throw error }
}

@Suite("A worker", .timeLimit(.minutes(1))) @LoopActor struct WorkerLoopTests {
    @Test("says hello with its manifest, and answers probes at once")
    func greets() async throws {
        let bench = try WorkerBench([noop])

        let hello = try await bench.next(.hello)
        bench.send(.probe, 0)
        _ = try await bench.next(.alive)

        #expect(
            try hello.payload.withUnsafeBytes { try Hello(reading: $0) }.manifest
                == Array("{}".utf8))
        await bench.close()
        #expect(bench.fault == nil)
    }

    @Test("reports what a handler wrote, read and asked for")
    func reportsEffects() async throws {
        let add = Function("add") { (command: Command<Int>, context) in
            let found = try await context[items].get("a")
            try context[items].put(Item(id: "b", count: (found?.count ?? 0) + command.payload))
            try context.publish(Item(id: "b", count: 1), to: added, attributes: ["kind": "x"])
            try context.send(3, to: noop, after: .seconds(5), key: "k")
            #expect(context.attempt == 1)
            #expect(context.onceKey == context.invocation)
            #expect(context.deadline > .now + .seconds(50))
        }

        try await withWorker(add, noop) { bench in
            try bench.invoke(7, "add", data: Array("2".utf8))
            let asked = try await bench.next(.read)
            let (place, question) = try asked.payload.withUnsafeBytes { try WorkerRead.read($0) }
            let found = HostReply.Found(
                path: "items/a", version: 9, body: Array(#"{"id":"a","count":40}"#.utf8))
            bench.send(.reply, 7) { HostReply.documents([found]).append(number: place, to: &$0) }
            let (number, report) = try await bench.outcome()

            #expect(question == .document(path: "items/a"))
            #expect(number == 7)
            #expect(report.outcome == .succeeded)
            #expect(report.reads == [DocumentRead(path: "items/a", version: 9)])
            #expect(
                report.effects == [
                    .put(path: "items/b", body: Array(#"{"count":42,"id":"b"}"#.utf8)),
                    .publish(
                        Publication(
                            topic: "items.added", data: Array(#"{"count":1,"id":"b"}"#.utf8),
                            attributes: ["kind": "x"])),
                    .send(
                        Sending(
                            function: "noop", data: Array("3".utf8), after: .seconds(5), key: "k")),
                ])
        }
    }

    @Test("runs many at a time, and reports each once")
    func runsMany() async throws {
        try await withWorker(noop) { bench in
            for number in 1...500 { try bench.invoke(UInt32(number), "noop") }
            var numbers: Set<UInt32> = []
            for _ in 1...500 { numbers.insert(try await bench.outcome().number) }

            #expect(numbers == Set(1...500))
        }
    }

    @Test("rejects data that does not decode, and names the field")
    func rejectsData() async throws {
        let add = Function("add") { (_: Command<Item>, _) in }

        try await withWorker(add) { bench in
            try bench.invoke(1, "add", data: Array(#"{"id":"a","count":"two"}"#.utf8))
            let report = try await bench.outcome().report

            let reason = "data.count: expected a whole number, found a text"
            #expect(report.outcome == .rejected(reason: reason))
            #expect(report.response == nil)
        }
    }

    @Test(
        "says what a thrown error comes to",
        arguments: [
            (Rejection("no") as any Error, Outcome.rejected(reason: "no")),
            (Rejection(status: .notFound), .rejected(reason: "404 Not Found")),
            (
                RetryLater(after: .seconds(5)),
                .failed(
                    error: "the handler asked to be run again in 5.0 seconds",
                    retryAfter: .seconds(5))
            ),
            (
                Rejection(status: .ok),
                .failed(error: "a Rejection has status 200, expected 400 to 599", retryAfter: nil)
            ),
            (CancellationError(), .failed(error: "CancellationError()", retryAfter: nil)),
            (
                AlreadyExists(path: "a/b"),
                .failed(error: "the document \"a/b\" exists already", retryAfter: nil)
            ),
        ])
    func mapsErrors(error: any Error, expected: Outcome) async throws {
        try await withWorker(failing(error)) { bench in
            try bench.invoke(1, "failing")

            #expect(try await bench.outcome().report.outcome == expected)
        }
    }

    @Test("drops what a failed handler wrote, keeps what it read, and bounds its error")
    func dropsEffectsOfFailure() async throws {
        struct Long: Error, CustomStringConvertible {
            var description: String { String(repeating: "é", count: 10_000) }
        }
        let fails = Function("fails") { (_: Command<Int>, context) in
            try context[items].put(Item(id: "a", count: 1))
            throw Long()
        }

        try await withWorker(fails) { bench in
            try bench.invoke(1, "fails")
            let report = try await bench.outcome().report

            #expect(report.effects.isEmpty)
            #expect(report.outcome.error?.utf8.count == 4096 + "…".utf8.count)
        }
    }

    @Test("takes data that is longer than a frame, and renews its window")
    func takesLongData() async throws {
        let measure = Function("measure") { (command: Command<String>, context) in
            try context.send(command.payload.utf8.count, to: noop)
        }
        let data = Array("\"\(String(repeating: "x", count: 300_000))\"".utf8)

        try await withWorker(measure, noop) { bench in
            try bench.invoke(1, "measure", data: data)
            var rest = data[...]
            while !rest.isEmpty {
                let part = rest.prefix(Frame.bodyBytesMax)
                rest = rest.dropFirst(part.count)
                bench.send(.body, 1) { payload in
                    payload.append(rest.isEmpty ? 1 : 0)
                    payload.append(contentsOf: part)
                }
            }
            let window = try await bench.next(.window)
            let report = try await bench.outcome().report

            var renewal: [UInt8] = []
            renewal.append(count: 131_072)
            #expect(window.payload == renewal)
            #expect(
                report.effects == [.send(Sending(function: "noop", data: Array("300000".utf8)))])
        }
    }

    @Test("gives an attempt back whose data are broken off or that is cancelled before they came")
    func givesBackAborted() async throws {
        try await withWorker(noop) { bench in
            try bench.invoke(1, "noop", data: [UInt8](repeating: 32, count: 100_000))
            bench.send(.body, 1) { $0.append(2) }
            #expect(try await bench.outcome().report.outcome == .interrupted(.cancelled))

            try bench.invoke(2, "noop", data: [UInt8](repeating: 32, count: 100_000))
            bench.send(.cancel, 2)
            #expect(try await bench.outcome().report.outcome == .interrupted(.cancelled))
        }
    }

    @Test("sends log lines with their metadata, and hands out the secrets that are declared")
    func logs() async throws {
        let tells = Function("tells", secrets: ["KEY"]) { (_: Command<Int>, context) in
            context.logger.debug("not this")
            let count = try context.secret("KEY").count
            context.logger.warning("look", metadata: ["secret": "\(count)"])
            #expect(throws: ContextError.undeclaredSecret(name: "OTHER")) {
                try context.secret("OTHER")
            }
        }

        try await withWorker(tells) { bench in
            try bench.invoke(4, "tells")
            let said = try await bench.next(.log)
            let line = try said.payload.withUnsafeBytes { try WorkerLog(reading: $0) }

            #expect(said.number == 4)
            #expect(line == WorkerLog(level: "warning", message: "look", metadata: ["secret": "5"]))
            #expect(try await bench.outcome().report.outcome == .succeeded)
        }
    }

    @Test(
        "ends with the reason when the host sends nonsense",
        arguments: [
            (
                [9, 0, 0, 0, 200, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 9),
                "a frame of the unknown kind 200"
            ),
            (
                [255, 255, 255, 255, 2, 1, 0, 0, 0],
                "a frame of 4294967295 bytes, where 8388608 is the most"
            ),
            ([1, 0, 0, 0, 2, 1, 0, 0, 0, 0], "a frame that ends inside its timeout"),
        ])
    func endsOnNonsense(bytes: [UInt8], expected: String) async throws {
        try await withWorker(noop) { bench in
            bench.send(raw: bytes)
            let deadline = ContinuousClock.now + .seconds(20)
            while !bench.isEnded, ContinuousClock.now < deadline { await Task.yield() }

            #expect(bench.fault.map { $0.hasPrefix("the host sent ") } == true)
            if !expected.contains("timeout") { #expect(bench.fault == "the host sent \(expected)") }
        }
    }
}
