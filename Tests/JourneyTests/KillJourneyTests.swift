import Contract
import EventLoop
import Foundation
import HTTPClient
import HTTPTypes
import Testing

/// The journey that matters: orders are placed while worker and host are killed again and again.
/// Afterwards every order is there once, and so is everything that it caused.
@Suite("A host under kill -9", .serialized)
struct KillJourneyTests {
    private static let seed: UInt64 = 929
    private static let kills = 20
    private static let orders = 400
    private static let clients = 8

    @Test("loses nothing and repeats no effect", .timeLimit(.minutes(5)))
    func survives() async throws {
        var chance = SeededChance(state: Self.seed)
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let desk = OrderDesk(host: host)

        let load = Task { try await desk.placeAll(Self.orders, clients: Self.clients) }
        for round in 0..<Self.kills * 2 {
            await LoopTimer.wait(.milliseconds(Int64(20 + chance.next() % 200)))
            if round % 2 == 0 {
                await desk.killWorker(chance.next())
            } else {
                await host.killNow()
                try await host.start()
                await desk.moved(to: host.file)
            }
        }
        await desk.finish()
        let placed = try await load.value
        try await desk.settled()

        #expect(placed >= Self.orders)
        let status = try await desk.status()
        #expect(
            status.recorded == status.owed + status.succeeded + status.cancelled + status.dead
                + status.pruned)
        // A call whose worker was killed under it alone was told 500, and lies among the dead.
        #expect(try await desk.deadCommands() == 0, "no command died of being killed")
        for number in 0..<placed {
            let order = "order-\(number)"
            #expect(try await desk.document("orders/\(order)").total == number)
            #expect(try await desk.document("tallies/\(order)").count == 1, "\(order) counted once")
        }
        let before = status.recorded
        #expect(try await desk.place(0).fields[.replayed] == "true")
        #expect(try await desk.status().recorded == before)
        #expect(await host.stop() == 0)
        await desk.close()
    }
}

/// What a handler wrote beside the files of a bucket, and did not commit.
@Suite("A worker under kill -9", .serialized)
struct WorkerKillTests {
    @Test("leaves no staged file, though the host lives on", .timeLimit(.minutes(2)))
    func staged() async throws {
        let host = try HostUnderTest(arguments: ["--workers", "1"])
        defer { host.remove() }
        try await host.start()
        let staging = host.directory + "/reports/.roost"
        let names = { (try? FileManager.default.contentsOfDirectory(atPath: staging)) ?? [] }

        let done = try await host.roost(
            "invoke", "stage", "--data", #"{"id":"a","milliseconds":0}"#)
        let sent = try await host.roost(
            "send", "stage", "--data", #"{"id":"b","milliseconds":60000}"#)
        try await host.until("a file is staged") { names().count == 1 }
        let desk = OrderDesk(host: host)
        await desk.killWorker(0)
        try await host.until("what the worker staged is gone") { names().isEmpty }
        let files = try FileManager.default.contentsOfDirectory(atPath: host.directory + "/reports")

        #expect(done.status == 0 && sent.status == 0, "\(done.text) \(sent.text)")
        #expect(files.sorted() == [".roost", "a"])
        await desk.close()
        #expect(await host.stop() == 0)
    }
}

/// Places orders, each under a key of its own, until it is told that each was placed.
actor OrderDesk {
    struct Status: Decodable {
        struct Counts: Decodable {
            var recorded: Int
            var pruned: Int
            var scheduled: Int
            var ready: Int
            var running: Int
            var retrying: Int
            var succeeded: Int
            var cancelled: Int
            var dead: Int
            var owed: Int { scheduled + ready + running + retrying }
        }

        var invocations: Counts
    }

    struct Workers: Decodable {
        struct Item: Decodable { var pid: Int32 }
        var items: [Item]
    }

    private let host: HostUnderTest
    private nonisolated let caller = Caller()
    private var file: HostUnderTest.HostFile
    private var isFinishing = false
    private var next = 0

    init(host: HostUnderTest) {
        self.host = host
        file = host.file
    }

    func close() async { await caller.close() }

    func moved(to file: HostUnderTest.HostFile) { self.file = file }

    /// No new order is begun once there are enough.
    func finish() { isFinishing = true }

    /// Places orders until told to finish, at least `least`; answers how many.
    func placeAll(_ least: Int, clients: Int) async throws -> Int {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<clients {
                group.addTask {
                    while let number = await self.takeNumber(least) {
                        try await self.placeUntilTold(number)
                    }
                }
            }
            try await group.waitForAll()
        }
        return next
    }

    private func takeNumber(_ least: Int) -> Int? {
        guard !isFinishing || next < least else { return nil }
        defer { next += 1 }
        return next
    }

    private func placeUntilTold(_ number: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            // A host that is down, a worker that died, a key in flight: all say to send it again.
            if let answer = try? await place(number), answer.status == .created { return }
            try #require(ContinuousClock.now < deadline, "order \(number) is placed")
            await LoopTimer.wait(.milliseconds(20))
        }
    }

    func place(_ number: Int) async throws -> HTTPClientResponse {
        try await caller.call(
            .post, file.listen + "/orders",
            fields: [.idempotencyKey: "order-key-\(number)", .contentType: "application/json"],
            body: #"{"id":"order-\#(number)","total":\#(number)}"#)
    }

    func killWorker(_ chance: UInt64) async {
        guard let workers = try? await ask("/v1/workers", as: Workers.self), !workers.items.isEmpty
        else { return }
        let victim = workers.items[Int(chance % UInt64(workers.items.count))].pid
        if victim > 0 { kill(victim, SIGKILL) }
    }

    func settled() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await status().owed > 0 {
            try #require(ContinuousClock.now < deadline, "everything owed is done")
            await LoopTimer.wait(.milliseconds(50))
        }
    }

    func deadCommands() async throws -> Int {
        struct List: Decodable {
            struct Item: Decodable {}
            var items: [Item]
        }
        return try await ask("/v1/invocations?state=dead&function=count", as: List.self).items.count
    }

    func status() async throws -> Status.Counts {
        try await ask("/v1/status", as: Status.self).invocations
    }

    struct Document: Decodable {
        var total: Int?
        var count: Int?
    }

    func document(_ path: String) async throws -> Document {
        try await ask("/v1/documents/" + path, as: Document.self)
    }

    private func ask<Value: Decodable>(_ path: String, as: Value.Type) async throws -> Value {
        let answer = try await caller.call(
            .get, file.admin + path, fields: [.authorization: "Bearer \(file.token)"])
        return try JSONDecoder().decode(Value.self, from: Data(answer.body))
    }
}

/// SplitMix64, so that a run can be done again from its seed.
struct SeededChance {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
