import Contract
import EventLoop
import Foundation
import Invocations
import Testing
import Workers

/// A pool of real workers that run the probe app, and the ends that it told.
@LoopActor
final class PoolBench {
    let pool: WorkerPool
    private let ends = Ends()
    private(set) var functions: [String: Int] = [:]
    private var last: UInt32 = 0

    /// How long anything here is waited for.
    static let patience = Duration.seconds(30)

    /// The executable beside the test binary.
    nonisolated static var probe: String {
        let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appendingPathComponent("Probe").path
    }

    init(workers: Int = 1, executable: String = PoolBench.probe, limits: Limits = Limits()) {
        let ends = ends
        var environment = ProcessInfo.processInfo.environment
        environment["ROOST_TEST"] = nil
        pool = WorkerPool(
            settings: WorkerSettings(
                executable: executable, environment: environment, count: workers, limits: limits),
            now: { Instant(milliseconds: 1_800_000_000_000) },
            hooks: WorkerPool.Hooks(
                ended: { ends.add($0) }, asked: { _, reply in reply(.documents([])) },
                logged: { _, _, _ in }, noted: { ends.notes.append($0) }))
    }

    func start() async throws {
        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(try await pool.start()))
        functions = Dictionary(
            uniqueKeysWithValues: manifest.functions.enumerated().map { ($1.name, $0) })
        pool.open(
            Welcome(
                secrets: [:], environment: "test", grace: .milliseconds(200),
                deliveryBytesMax: 1 << 24,
                responseBytesMax: 1 << 23))
    }

    @discardableResult
    func run(
        _ function: String, _ json: String = #"{"id":"","milliseconds":0}"#,
        timeout: Duration = .seconds(60), alone: Bool = false
    ) -> AttemptNumber {
        last += 1
        let now = Instant(milliseconds: 1_800_000_000_000)
        let event = Event(
            id: EventID(.event, number: Int64(last), at: now), kind: .command, subject: function,
            acceptedAt: now, data: Array(json.utf8))
        let attempt = AttemptNumber(last)
        pool.run(
            Assignment(
                attempt: attempt,
                delivery: Delivery(
                    function: functions[function]!, attempt: 1, timeout: timeout, event: event,
                    invocation: EventID(.invocation, number: Int64(last) << 12, at: now)),
                runsAlone: alone))
        return attempt
    }

    /// The end of an attempt, once it is told.
    func end(of attempt: AttemptNumber) async throws -> AttemptEnd {
        try await ends.wait(for: attempt)
    }

    func outcome(_ attempt: AttemptNumber) async throws -> Outcome {
        try await end(of: attempt).report.outcome
    }

    var notes: [WorkerPool.Note] { ends.notes }
    var endedCount: Int { ends.count }

    /// Waits until `claim` holds, and fails the test where it never does.
    func wait(for what: Comment, until claim: () -> Bool) async throws {
        let deadline = ContinuousClock.now + Self.patience
        while !claim() {
            try #require(ContinuousClock.now < deadline, what)
            await LoopTimer.wait(.milliseconds(5))
        }
    }
}

@LoopActor
final class Ends {
    private var told: [AttemptNumber: AttemptEnd] = [:]
    var notes: [WorkerPool.Note] = []

    nonisolated init() {}

    var count: Int { told.count }

    func add(_ end: AttemptEnd) {
        #expect(told[end.attempt] == nil, "an attempt ends once")
        told[end.attempt] = end
    }

    func wait(for attempt: AttemptNumber) async throws -> AttemptEnd {
        let deadline = ContinuousClock.now + PoolBench.patience
        while told[attempt] == nil {
            try #require(ContinuousClock.now < deadline, "attempt \(attempt.rawValue) ends")
            await LoopTimer.wait(.milliseconds(2))
        }
        return told[attempt]!
    }
}
