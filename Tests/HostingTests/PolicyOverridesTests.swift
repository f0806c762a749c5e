import Contract
import Testing

@testable import Hosting

@Suite("An operator's policies")
struct PolicyOverridesTests {
    private let manifest = Manifest(
        app: "Shop",
        functions: [
            FunctionDeclaration(
                name: "create-order", input: .request,
                policies: Policies(
                    timeout: .seconds(5), retry: .exponential(from: .seconds(2), attempts: 8))),
            FunctionDeclaration(name: "send-receipt", input: .command),
        ])

    private func applied(_ yaml: String, over second: String = "") throws -> AppliedPolicies {
        let folder = try SettingsFolder(["roost.yaml": yaml, "roost.development.yaml": second])
        return try folder.load().applied(to: manifest)
    }

    @Test("replace the app's, and say where they came from")
    func replaces() throws {
        let applied = try applied(
            """
            functions:
              create-order:
                timeout: 30s
                maxAge: 2h
                concurrency: 4
                priority: high
                depthMax: 100
            """)

        let policies = applied.functions[0].policies
        #expect(policies.timeout == .seconds(30))
        #expect(policies.maxAge == .hours(2))
        #expect(policies.concurrencyMax == 4)
        #expect(policies.priority == .high)
        #expect(policies.depthMax == 100)
        #expect(policies.retry == .exponential(from: .seconds(2), attempts: 8))
        #expect(applied.origins["create-order"]?["timeout"] == .file("roost.yaml", line: 3))
        #expect(applied.origins["create-order"]?["retry"] == .app)
        #expect(applied.origins["send-receipt"]?["timeout"] == .standard)
        #expect(applied.functions[1] == manifest.functions[1])
        #expect(applied.mistakes.isEmpty)
    }

    @Test(
        "change as much of a retry as they say",
        arguments: [
            ("never", Retry.never), ("{attempts: 3}", .exponential(from: .seconds(2), attempts: 3)),
            (
                "{exponential: {to: 5m}}",
                .exponential(from: .seconds(2), to: .minutes(5), attempts: 8)
            ),
            ("{linear: 5s, attempts: 4, jitter: none}", .linear(.seconds(5), attempts: 4)),
            ("{fixed: 500ms, jitter: none, attempts: 2}", .fixed(.milliseconds(500), attempts: 2)),
            ("{table: [1s, 5s, 1m], jitter: none}", .table(.seconds(1), .seconds(5), .minutes(1))),
        ])
    func retry(yaml: String, expected: Retry) throws {
        let applied = try applied("functions: {create-order: {retry: \(yaml)}}")

        #expect(applied.functions[0].policies.retry == expected)
        #expect(applied.origins["create-order"]?["retry"] == .file("roost.yaml", line: 1))
    }

    @Test("of an environment win over those of all")
    func environmentWins() throws {
        let applied = try applied(
            "functions: {create-order: {timeout: 1s, priority: low, retry: never}}",
            over:
                "functions: {create-order: {timeout: 2s, concurrency: unlimited, retry: {attempts: 2}}}"
        )

        let policies = applied.functions[0].policies
        #expect(policies.timeout == .seconds(2))
        #expect(policies.priority == .low)
        #expect(policies.concurrencyMax == nil)
        #expect(policies.retry.attemptsMax == 2)
    }

    @Test("for a function that the app does not have name the nearest")
    func unknownFunction() throws {
        let applied = try applied("functions:\n  create-ordr:\n    timeout: 1s")

        #expect(
            applied.mistakes.map(\.description) == [
                "roost.yaml:3: functions.create-ordr names a function that the app does not have; "
                    + "did you mean \"create-order\"? Known are: create-order, send-receipt."
            ])
    }

    @Test("can't make a delay shrink")
    func shrinkingDelay() throws {
        let applied = try applied("functions: {create-order: {retry: {exponential: {to: 1s}}}}")

        #expect(
            applied.mistakes.map(\.description) == [
                "roost.yaml:1: functions.create-order.retry.exponential goes from 2s to 1s; "
                    + "expected \"to\" to be no shorter than \"from\""
            ])
    }
}
