import Foundation
import HTTPTypes
import Testing

/// What a newcomer does in the first ten minutes, with the sample app and the binary.
@Suite("A newcomer", .serialized)
struct FirstStepsTests {
    @Test("posts a webhook twice, and sees what ran", .timeLimit(.minutes(2)))
    func webhook() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let body = try String(
            contentsOf: Self.examples.appendingPathComponent("github-push.json"), encoding: .utf8)
        let fields: HTTPFields = [.idempotencyKey: "delivery-1", .contentType: "application/json"]

        let first = try await caller.call(
            .post, host.file.listen + "/webhooks/github", fields: fields, body: body)
        let second = try await caller.call(
            .post, host.file.listen + "/webhooks/github", fields: fields, body: body)
        let listed = try await host.roost("invocations")
        let counted = try await host.roost("status")

        #expect(first.status.kind == .successful, "\(String(decoding: first.body, as: UTF8.self))")
        #expect(second.status == first.status)
        #expect(second.body == first.body)
        #expect(second.fields[.replayed] == "true")
        #expect(listed.status == 0)
        #expect(listed.text.contains("succeeded"), "\(listed.text)")
        #expect(counted.status == 0, "\(counted.text)")
        await caller.close()
        #expect(await host.stop() == 0, "\(host.logText)")
        #expect(!FileManager.default.fileExists(atPath: host.data + "/host.json"))
    }

    @Test(
        "says that it stops as long as something runs, and takes nothing more",
        .timeLimit(.minutes(2)))
    func stopping() async throws {
        struct Readiness: Decodable {
            struct Check: Decodable { var name: String, detail: String }
            var ready: Bool
            var checks: [Check]
        }
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let caller = Caller()
        let admin: HTTPFields = [
            .authorization: "Bearer \(host.file.token)", .prefer: "respond-async",
        ]
        let sending = host.file.admin + "/v1/functions/rest/invocations"

        let sent = try await caller.call(
            .post, sending, fields: admin, body: #"{"data":{"id":"a","milliseconds":3000}}"#)
        #expect(sent.status == .accepted)
        var counted = ""
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while !counted.contains("running") {
            try #require(ContinuousClock.now < deadline, "it runs: \(counted)")
            counted = try await host.roost("invocations").text
        }
        kill(host.file.pid, SIGTERM)
        var ready = Readiness(ready: true, checks: [])
        while ready.ready {
            try #require(ContinuousClock.now < deadline, "it says that it stops")
            ready = try await caller.ask(host, "/readyz", as: Readiness.self)
        }
        let refused = try await caller.call(
            .post, sending, fields: admin, body: #"{"data":{"id":"b","milliseconds":0}}"#)

        #expect(ready.checks.contains { $0.detail == "the host is stopping" })
        #expect(refused.status == .serviceUnavailable)
        #expect(String(decoding: refused.body, as: UTF8.self).contains("send it again"))
        await caller.close()
        #expect(try await host.ends() == 0)
        #expect(!host.logText.contains("interrupted"), "what ran was waited for")
    }

    @Test(
        "invokes, sends, pauses, resumes and backs up from the command line",
        .timeLimit(.minutes(2)))
    func commandLine() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()

        let invoked = try await host.roost(
            "invoke", "noop", "--data", #"{"id":"a","milliseconds":0}"#)
        let failed = try await host.roost("invoke", "noop", "--data", #"{"id":7,"milliseconds":0}"#)
        let misspelt = try await host.roost("invoke", "nop", "--data", "{}")
        let paused = try await host.roost("functions", "pause", "noop")
        let sent = try await host.roost("send", "noop", "--data", #"{"id":"b","milliseconds":0}"#)
        let resumed = try await host.roost("functions", "resume", "noop")
        let copied = try await host.roost("backup", host.directory + "/copy.sqlite")
        let nonsense = try await host.roost("invoke")

        let mode = try FileManager.default.attributesOfItem(atPath: host.data + "/roost.sqlite")[
            .posixPermissions]

        #expect(mode as? Int == 0o600, "what is stored is for the host's user")
        #expect(invoked.status == 0, "\(invoked.text)")
        #expect(failed.status == 1)
        #expect(failed.text.contains("id"), "\(failed.text)")
        #expect(misspelt.status == 1)
        #expect(misspelt.text.contains(#"did you mean "noop"?"#), "\(misspelt.text)")
        #expect(paused.status == 0 && sent.status == 0 && resumed.status == 0, "\(sent.text)")
        #expect(copied.status == 0, "\(copied.text)")
        #expect(FileManager.default.fileExists(atPath: host.directory + "/copy.sqlite"))
        #expect(nonsense.status == 2, "\(nonsense.text)")
    }

    private static let examples = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("docs/examples")
}
