import EventLoop
import Foundation
import HTTPTypes
import Testing

/// A host with every trigger under load, while it is killed, paused, filled up and cut off.
///
/// `make test` does each fault once, always in the same way. `make chaos KILLS=200` does more than
/// that has time for, from a seed that it draws. `SEED` does a run's faults again; what they hit is
/// up to the machine.
@Suite("A host in chaos", .serialized)
struct ChaosTests {
    /// That of `make test`: some twenty seconds, in which each fault has the time to strike.
    private static let seed: UInt64 = 929

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test("keeps what it promised, whatever is done to it", .timeLimit(.minutes(120)))
    func faults() async throws {
        let kills = Self.number("KILLS").map { Int($0) }
        let standard = kills == nil ? Self.seed : UInt64.random(in: 1...UInt64.max)
        let seed = Self.number("SEED") ?? standard
        let count = kills ?? ChaosFault.allCases.count
        print("chaos: SEED=\(seed) KILLS=\(count)")
        var chance = SeededChance(state: seed)
        let plan = ChaosFault.plan(count, &chance)
        let ground = try await ChaosGround(chance: chance)
        defer { ground.remove() }
        try await ground.host.start()
        let load = ChaosLoad(host: ground.host, caller: ground.caller, chance: chance)
        var report = ChaosReport()
        try await report.note(ground)

        let loading = Task { try await load.run() }
        for (number, fault) in plan.enumerated() {
            await ground.pause(100...700)
            let began = ContinuousClock.now
            let struck = try await ground.apply(fault, load)
            try await ground.bringBack(load)
            report.add(fault, took: ContinuousClock.now - began, struck: struck)
            if number % 20 == 19 { try await report.note(ground) }
        }
        await load.finish()
        try await loading.value
        let checks = try await ground.settle(load, &report)

        let mistakes = checks.mistakes
        print(report.table(checks, broken: mistakes.count, ground))
        #expect(mistakes.isEmpty, "SEED=\(seed): \(mistakes.count) broken: \(list(mistakes))")
        #expect(await ground.host.stop() == 0)
        await ground.close()
    }

    @Test("is found out where its disk only says that it syncs", .timeLimit(.minutes(5)))
    func lies() async throws {
        let ground = try await ChaosGround(chance: SeededChance(state: 1))
        defer { ground.remove() }
        try await ground.host.start()
        let load = ChaosLoad(
            host: ground.host, caller: ground.caller, chance: SeededChance(state: 2))
        var report = ChaosReport()
        try await report.note(ground)

        let loading = Task { try await load.run() }
        try await ground.bringBack(load)
        try ground.disk.set(.syncLies, true)
        await ground.pause(1000...1000)
        await load.finish()
        try await loading.value
        await ground.killAll()
        // Nothing is left but what was synced in truth, so the store is whole, and behind.
        try ground.disk.cutPower { $0.cut() }
        try ground.disk.set(.syncLies, false)
        try await ground.startAgain(load)
        let mistakes = try await ground.settle(load, &report, patience: .zero).mistakes

        #expect(try ground.disk.strikes(.syncLies) > 0)
        #expect(
            mistakes.contains { $0.hasSuffix("was accepted and is lost") },
            "an event that was accepted is lost, and the checks see it: \(list(mistakes))")
        #expect(await ground.host.stop() == 0)
        await ground.close()
    }
}

/// Some of many findings, one a line.
private func list(_ findings: [String]) -> String {
    findings.prefix(40).map { "\n  \($0)" }.joined()
}

extension ChaosGround {
    /// Waits until nothing is owed any more, and reads what came of it all.
    ///
    /// - Parameter patience: how long files may take to be announced.
    func settle(
        _ load: ChaosLoad, _ report: inout ChaosReport,
        patience: Duration = HostUnderTest.patience
    ) async throws -> ChaosChecks {
        try await endFiring(&report)
        let deadline = ContinuousClock.now + .seconds(120)
        var owed = 0
        repeat {
            try #require(
                ContinuousClock.now < deadline,
                "everything owed is done, \(owed) are not: \(host.logText.suffix(3000))")
            await LoopTimer.wait(.milliseconds(50))
            owed = try await caller.ask(host, "/v1/status", as: OrderDesk.Status.self)
                .invocations.owed
        } while owed > 0
        try await waitForFiles(load, patience)
        try await report.note(self)
        var view = try await HostView(host, caller)
        try await view.readHistories(of: ["flaky", "strike"], host, caller)
        return ChaosChecks(
            ledger: await load.ledger, view: view, calls: await service.works, runs: try runs,
            schedules: report.seen, strikes: report.strikes)
    }

    /// Pauses the schedules, once each has decided what the last fault held up.
    private func endFiring(_ report: inout ChaosReport) async throws {
        for name in ChaosReport.schedules {
            try await catchUp(name)
            report.endsFiring(of: name)
            let answer = try await caller.call(
                .post, host.file.admin + "/v1/schedules/\(name)/pause",
                fields: [.authorization: "Bearer \(host.file.token)"], body: "")
            try #require(answer.status == .ok, "the schedule \"\(name)\" is paused")
        }
    }

    /// Waits for a schedule. One that does not catch up is found by the checks.
    private func catchUp(_ name: String) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            let last = try await HostView.schedule(name, host, caller).lastDecided
            if last >= Int(Date().timeIntervalSince1970) - 1 { return }
            await LoopTimer.wait(.milliseconds(50))
        }
    }

    /// Files are announced a moment after they are there, so nothing may be owed for them yet.
    private func waitForFiles(_ load: ChaosLoad, _ patience: Duration) async throws {
        let files = await load.ledger.accepted.keys.filter { $0.kind == .file || $0.kind == .drop }
        let deadline = ContinuousClock.now + patience
        while ContinuousClock.now < deadline {
            let view = try await HostView(host, caller)
            if view.status.owed == 0, files.allSatisfy({ view.tallies[$0.id]?["noted"] != nil }) {
                return
            }
            await LoopTimer.wait(.milliseconds(100))
        }
        // What is missing is found by the checks, which say what.
    }
}
