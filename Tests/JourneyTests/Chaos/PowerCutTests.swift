import EventLoop
import Foundation
import HTTPClient
import HTTPTypes
import Testing

/// What chaos found, each made to happen for certain.
@Suite("A host whose power goes", .serialized)
struct PowerCutTests {
    private struct Accepted: Decodable { var id: String }

    @Test(
        "has what it accepted once it was started again after a failed sync",
        .timeLimit(.minutes(2)))
    func failedSync() async throws {
        let ground = try await ChaosGround(chance: SeededChance(state: 1))
        defer { ground.remove() }
        // So that nothing is copied from the log meanwhile.
        ground.host.environment["ROOST_LIMITS_WAL_BYTES_MAX"] = "64MiB"
        try await ground.host.start()
        _ = try await accept(ground)

        try ground.disk.set(.syncFails, true)
        let refused = try await send(ground)
        await ground.killAll()
        try ground.disk.set(.syncFails, false)
        try await ground.host.start()
        let accepted = try await accept(ground)
        await ground.killAll()
        try ground.disk.cutPower { $0.cut() }
        try await ground.host.start()

        #expect(refused.status == .serviceUnavailable)
        let event = try await ground.caller.call(
            .get, ground.host.file.admin + "/v1/events/\(accepted)",
            fields: [.authorization: "Bearer \(ground.host.file.token)"])
        #expect(event.status == .ok, "the event that was accepted is there")
        #expect(await ground.host.stop() == 0)
        await ground.close()
    }

    @Test("has the file that it found placed when it started", .timeLimit(.minutes(2)))
    func unsyncedName() async throws {
        let ground = try await ChaosGround(chance: SeededChance(state: 1))
        defer { ground.remove() }
        try await ground.host.start()
        let host = ground.host
        let file = host.directory + "/reports/f"
        try Data("text".utf8).write(to: URL(fileURLWithPath: host.directory + "/inbox/e"))
        let first = try await host.document("tallies/e") { $0.contains("noted") }

        try ground.disk.set(.diesBeforeNamesAreSynced, true)
        try Data("text".utf8).write(to: URL(fileURLWithPath: host.directory + "/inbox/f"))
        try await host.ends()
        #expect(FileManager.default.fileExists(atPath: file))
        try ground.disk.set(.diesBeforeNamesAreSynced, false)
        try await host.start()
        let noted = try await host.document("tallies/f") { $0.contains("noted") }
        await ground.killAll()
        try ground.disk.cutPower { $0.cut() }
        try await host.start()

        #expect(first != nil && noted != nil, "\(host.logText.suffix(3000))")
        #expect(FileManager.default.contents(atPath: file) == Data("f text".utf8))
        #expect(await host.stop() == 0)
        await ground.close()
    }

    /// Sends a command, and answers the event that was accepted.
    private func accept(_ ground: ChaosGround) async throws -> String {
        let answer = try await send(ground)
        try #require(answer.status == .accepted, "\(answer.status)")
        return try JSONDecoder().decode(Accepted.self, from: Data(answer.body)).id
    }

    private func send(_ ground: ChaosGround) async throws -> HTTPClientResponse {
        try await ground.caller.call(
            .post, ground.host.file.admin + "/v1/functions/add/invocations",
            fields: [
                .authorization: "Bearer \(ground.host.file.token)",
                .contentType: "application/json", HTTPField.Name("Prefer")!: "respond-async",
            ], body: #"{"data":{"id":"a","lane":"l"}}"#)
    }
}
