import EventLoop
import Foundation
import HTTPTypes
import Testing

/// What one bad function, or one hot document, costs all others.
@Suite("A neighbour", .serialized)
struct IsolationJourneyTests {
    struct Status: Decodable {
        struct Counts: Decodable {
            var succeeded: Int
            var dead: Int
        }

        var invocations: Counts
    }

    struct Batch: Decodable { var ids: [String] }

    struct Invocations: Decodable {
        struct Item: Decodable {
            var attempts: Int
            var state: String
            var acceptedAt: String
            var finishedAt: String?
        }

        var items: [Item]
    }

    @Test("pays nothing for a route that always crashes", .timeLimit(.minutes(2)))
    func crashingRoute() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()

        for _ in 0..<20 {
            let crashed = try await caller.call(.get, host.file.listen + "/crash")
            #expect(crashed.status.code >= 500)
            _ = try await send(
                caller, host, "rest", Array(repeating: #"{"id":"","milliseconds":20}"#, count: 10))
            await LoopTimer.wait(.milliseconds(80))
        }
        try await settled(caller, host, succeeded: 200)

        let list = try await caller.ask(
            host, "/v1/invocations?function=rest&limit=500", as: Invocations.self)
        #expect(list.items.count == 200)
        #expect(list.items.allSatisfy { $0.state == "succeeded" && $0.attempts == 0 })
        for item in list.items {
            let took = try Self.seconds(item.finishedAt ?? "") - Self.seconds(item.acceptedAt)
            #expect(took < 1, "none is later than a second")
        }
        await caller.close()
    }

    @Test("loses a hot document without being charged", .timeLimit(.minutes(3)))
    func hotDocument() async throws {
        let host = try HostUnderTest(environment: ["ROOST_LIMITS_SLOTS_PER_WORKER": "43"])
        defer { host.remove() }
        try await host.start()
        let caller = Caller()

        let work = Array(repeating: #"{"id":"hot","milliseconds":0}"#, count: 1000)
        _ = try await send(caller, host, "count", work)
        try await settled(caller, host, succeeded: 1000)

        let tally = try await caller.ask(
            host, "/v1/documents/tallies/hot", as: [String: TallyValue].self)
        #expect(tally["count"]?.number == 1000)
        let list = try await caller.ask(
            host, "/v1/invocations?function=count&limit=1000", as: Invocations.self)
        #expect(list.items.allSatisfy { $0.attempts == 0 })
        let started = try await metric("roost_attempts_started_total", caller, host)
        #expect(started <= 2500, "at most two and a half runs a command")
        await caller.close()
    }

    enum TallyValue: Decodable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                // The other member is a text.
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }

        var number: Int? {
            if case .number(let number) = self { number } else { nil }
        }
    }

    private func send(
        _ caller: Caller, _ host: HostUnderTest, _ function: String, _ data: [String]
    ) async throws -> [String] {
        let commands = data.map { #"{"data":\#($0)}"# }.joined(separator: ",")
        let answer = try await caller.call(
            .post, host.file.admin + "/v1/functions/\(function)/invocations",
            fields: [
                .authorization: "Bearer \(host.file.token)", .contentType: "application/json",
            ],
            body: #"{"commands":[\#(commands)]}"#)
        #expect(answer.status == .accepted, "\(String(decoding: answer.body, as: UTF8.self))")
        return try JSONDecoder().decode(Batch.self, from: Data(answer.body)).ids
    }

    private func settled(_ caller: Caller, _ host: HostUnderTest, succeeded: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while try await caller.ask(host, "/v1/status", as: Status.self).invocations.succeeded
            < succeeded
        {
            try #require(
                ContinuousClock.now < deadline,
                "\(succeeded) invocations succeed: \(host.logText.suffix(800))")
            await LoopTimer.wait(.milliseconds(50))
        }
    }

    private func metric(_ name: String, _ caller: Caller, _ host: HostUnderTest) async throws -> Int
    {
        let answer = try await caller.call(
            .get, host.file.admin + "/metrics",
            fields: [.authorization: "Bearer \(host.file.token)"])
        let line = String(decoding: answer.body, as: UTF8.self).split(separator: "\n").first {
            $0.hasPrefix(name + " ")
        }
        return try #require(Int(line?.split(separator: " ").last ?? ""), "the metric \(name)")
    }

    private static func seconds(_ time: String) throws -> Double {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return try #require(formatter.date(from: time), "\(time) is a time").timeIntervalSince1970
    }
}
