import EventLoop
import Foundation
import HTTPClient
import HTTPTypes
import TestDisks
import Testing

/// The real binary on a disk of a few mebibytes, which fills up and gets room again.
@Suite("A host on a full disk", .serialized)
struct FullDiskJourneyTests {
    private struct Status: Decodable {
        struct Counts: Decodable {
            var ready: Int
            var succeeded: Int
        }

        var invocations: Counts
    }

    private struct Readiness: Decodable {
        struct Check: Decodable {
            var name: String
            var ok: Bool
            var detail: String
        }

        var ready: Bool
        var checks: [Check]
    }

    private let caller = Caller()

    /// Sends a command that nobody runs yet.
    private func send(_ host: HostUnderTest) async throws -> HTTPClientResponse {
        let padding = String(repeating: "a", count: 50_000)
        return try await caller.call(
            .post, host.file.admin + "/v1/functions/noop/invocations",
            fields: [
                .authorization: "Bearer \(host.file.token)", .contentType: "application/json",
                .prefer: "respond-async",
            ], body: #"{"data":{"id":"\#(padding)","milliseconds":0}}"#)
    }

    /// Sends until one is refused; how many were accepted, and the refusal.
    private func fill(_ host: HostUnderTest) async throws -> (Int, HTTPClientResponse) {
        for accepted in 0..<1_000 {
            let answer = try await send(host)
            if answer.status != .accepted { return (accepted, answer) }
        }
        throw CancellationError()
    }

    private func readiness(_ host: HostUnderTest) async throws -> (Int, Readiness) {
        let answer = try await caller.call(.get, host.file.admin + "/readyz")
        return (
            answer.status.code,
            try JSONDecoder().decode(Readiness.self, from: Data(answer.body))
        )
    }

    private func counts(_ host: HostUnderTest) async throws -> Status.Counts {
        try await caller.ask(host, "/v1/status", as: Status.self).invocations
    }

    /// Waits until `claim` holds.
    private func eventually(_ what: Comment, _ claim: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while try await !claim() {
            try #require(ContinuousClock.now < deadline, what)
            await LoopTimer.wait(.milliseconds(20))
        }
    }

    @Test(
        "answers 503, reads on, goes on when there is room, and loses nothing",
        .enabled(if: TinyDisk.canBeMade), .timeLimit(.minutes(3)))
    func fills() async throws {
        let host = try HostUnderTest(environment: [
            "ROOST_LIMITS_FREE_DISK_BYTES_MIN": "0", "ROOST_LIMITS_WAL_BYTES_MAX": "1MiB",
        ])
        defer { host.remove() }
        let disk = try TinyDisk(at: host.data, mebibytes: 8)
        defer { disk.remove() }
        try await host.start()
        for name in ["one", "two"] { try disk.take(name, bytes: 2 << 20) }
        #expect(try await host.roost("functions", "pause", "noop").status == 0)

        let (first, refusal) = try await fill(host)
        let (code, told) = try await readiness(host)
        #expect(first > 0 && refusal.status == .serviceUnavailable)
        #expect(refusal.fields[.retryAfter] != nil)
        #expect(refusal.fields[.contentType] == "application/problem+json")
        #expect(code == 503 && !told.ready)
        let check = try #require(told.checks.first { !$0.ok })
        #expect(check.name == "store" && check.detail.contains("the disk is full"))
        #expect(try await counts(host).ready == first, "reading goes on")
        #expect(try await caller.call(.get, host.file.listen + "/hello").status == .ok)

        try disk.giveBack("one")
        try await eventually("the host is ready again") { try await readiness(host).0 == 200 }
        let (second, _) = try await fill(host)
        #expect(second > 0)
        await host.killNow()
        try disk.giveBack("two")
        try await host.start()
        #expect(try await host.roost("functions", "resume", "noop").status == 0)

        try await eventually("all that was accepted has run") {
            try await counts(host).succeeded >= first + second
        }
        let ended = try await counts(host)
        #expect(ended.succeeded == first + second && ended.ready == 0)
        await caller.close()
    }

    @Test(
        "stops accepting before the disk is full, and says so", .enabled(if: TinyDisk.canBeMade),
        .timeLimit(.minutes(2)))
    func stopsInTime() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        let disk = try TinyDisk(at: host.data, mebibytes: 64)
        defer { disk.remove() }
        try await host.start()

        let refused = try await send(host)
        let call = try await caller.call(.get, host.file.listen + "/hello")
        let (code, told) = try await readiness(host)

        #expect(refused.status == .serviceUnavailable && refused.fields[.retryAfter] != nil)
        #expect(call.status == .serviceUnavailable && call.fields[.retryAfter] != nil)
        let check = try #require(told.checks.first { !$0.ok })
        #expect(code == 503 && check.name == "disk" && check.detail.contains("make room"))
        #expect(try await counts(host).ready == 0, "reading goes on")
        await caller.close()
    }
}

extension HTTPField.Name {
    static let prefer = HTTPField.Name("Prefer")!
}
