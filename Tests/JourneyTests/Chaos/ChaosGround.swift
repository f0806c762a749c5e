import EventLoop
import Foundation
import HTTPTypes
import Testing

/// A host with the chaos app on a disk that can fail, the service outside, and who kills them.
final class ChaosGround {
    let host: HostUnderTest
    let disk: ShimmedDisk
    let service: CountingService
    let caller = Caller()
    private let folder: String
    private var chance: SeededChance
    /// How often the power went.
    private(set) var cuts = 0
    /// How often the host said that it has to be started again, and was.
    private(set) var restartsAsked = 0

    init(chance: SeededChance) async throws {
        self.chance = chance
        host = try HostUnderTest(
            app: "ChaosApp", arguments: ["--workers", "2"],
            environment: [
                "ROOST_LIMITS_WORKER_SILENCE": "2s", "ROOST_LIMITS_GRACE": "1s",
                "ROOST_LIMITS_RETIREMENT": "2s", "ROOST_LIMITS_FREE_DISK_BYTES_MIN": "0B",
                "ROOST_LIMITS_WAL_BYTES_MAX": "1MiB",
                // Who draws the traces of a crash waits for ever where the crashed one is killed,
                // and holds what tells the test that its host has ended.
                "SWIFT_BACKTRACE": "enable=no",
            ])
        folder = host.directory + "-chaos"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        disk = try ShimmedDisk(host.directory, folder: folder)
        service = CountingService()
        let address = try await service.open()
        host.environment.merge(
            ["CHAOS_LOG": folder + "/runs", "CHAOS_SERVICE": address]
        ) { $1 }
        host.environment.merge(disk.environment) { $1 }
    }

    var runs: RunRecord {
        get throws { RunRecord(try String(contentsOfFile: folder + "/runs", encoding: .utf8)) }
    }

    func close() async {
        await caller.close()
        await service.close()
        remove()
    }

    /// Ends the host, whatever became of the test.
    func remove() {
        host.remove()
        // A folder that is left behind does no harm.
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Does a fault to the host and brings it back, if need be.
    func apply(_ fault: ChaosFault, _ load: ChaosLoad) async throws {
        switch fault {
        case .hostKilled:
            await killAll()
            try await startAgain(load)
        case .workerKilled: await signalWorker(SIGKILL)
        case .workerPaused:
            // Silence of two seconds ends a worker.
            await signalWorker(SIGSTOP)
            await pause(2500...4500)
            await signalWorkers(SIGCONT)
        case .hostPaused:
            kill(host.file.pid, SIGSTOP)
            await pause(200...3000)
            kill(host.file.pid, SIGCONT)
        case .diskFull:
            try disk.set(.full, true)
            await pause(100...1500)
            if next() % 3 == 0 { await killAll() }
            try disk.set(.full, false)
            if !isAlive { try await startAgain(load) }
        case .storeTakenAway: try await takeStoreAway(load)
        case .powerCut:
            await killAll()
            try cut()
            try await startAgain(load)
        case .nameUnsynced: try await dieBeforeNamesAreSynced(load)
        case .syncFailed: try await failSync(load)
        }
    }

    private func takeStoreAway(_ load: ChaosLoad) async throws {
        try #require(rename(host.data, host.data + ".away") == 0)
        await pause(100...1500)
        let isKilled = next() % 2 == 0
        if isKilled { await killAll() }
        try #require(rename(host.data + ".away", host.data) == 0)
        if isKilled { try await startAgain(load) }
    }

    /// A sync fails; the host is started again, as its error says, works, and loses its power.
    private func failSync(_ load: ChaosLoad) async throws {
        try disk.set(.syncFails, true)
        await pause(50...500)
        await killAll()
        try disk.set(.syncFails, false)
        try await startAgain(load)
        try await bringBack(load)
        await pause(50...1000)
        await killAll()
        try cut()
        try await startAgain(load)
    }

    /// The host dies between a file's name and the sync of its directory, is started again, and
    /// loses its power.
    private func dieBeforeNamesAreSynced(_ load: ChaosLoad) async throws {
        try disk.set(.diesBeforeNamesAreSynced, true)
        let deadline = ContinuousClock.now + .seconds(5)
        while isAlive, ContinuousClock.now < deadline { await LoopTimer.wait(.milliseconds(5)) }
        await killAll()
        try disk.set(.diesBeforeNamesAreSynced, false)
        try await startAgain(load)
        await pause(0...500)
        await killAll()
        try cut()
        try await startAgain(load)
    }

    /// Waits until something new is accepted. A host that asks to be started again is.
    func bringBack(_ load: ChaosLoad) async throws {
        let before = await load.ledger.accepted.count
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while await load.ledger.accepted.count == before {
            try #require(
                ContinuousClock.now < deadline,
                "the host accepts again: \(host.logText.suffix(3000))")
            await LoopTimer.wait(.milliseconds(20))
            guard await asksForRestart else { continue }
            restartsAsked += 1
            await killAll()
            try await startAgain(load)
        }
    }

    private var asksForRestart: Bool {
        get async {
            // A host that says nothing asks for nothing.
            let answer = try? await caller.call(.get, host.file.admin + "/readyz")
            return String(decoding: answer?.body ?? [], as: UTF8.self).contains("restart the host")
        }
    }

    func cut() throws {
        try disk.cutPower { $0.cut(&chance) }
        cuts += 1
    }

    func startAgain(_ load: ChaosLoad) async throws {
        try await host.start()
        await load.moved(to: host.file)
    }

    /// A pause of so many milliseconds, by chance.
    func pause(_ range: ClosedRange<Int64>) async {
        let span = UInt64(range.upperBound - range.lowerBound)
        await LoopTimer.wait(.milliseconds(range.lowerBound + Int64(next() % (span + 1))))
    }

    private func next() -> UInt64 { chance.next() }

    private var isAlive: Bool { Self.isAlive(host.file.pid) }

    /// Kills the host, and waits until its workers are gone too.
    func killAll() async {
        let workers = workers
        await host.killNow()
        while workers.contains(where: Self.isAlive) { await LoopTimer.wait(.milliseconds(5)) }
    }

    private func signalWorker(_ signal: Int32) async {
        let workers = workers
        if !workers.isEmpty { kill(workers[Int(next() % UInt64(workers.count))], signal) }
    }

    private func signalWorkers(_ signal: Int32) async {
        for worker in workers { kill(worker, signal) }
    }

    /// The children of the host, as the kernel knows them.
    private var workers: [Int32] {
        let path = "/proc/\(host.file.pid)/task/\(host.file.pid)/children"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { Int32($0) }
    }

    /// One that nobody waited for yet is gone too.
    private static func isAlive(_ pid: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return false }
        return !status[end...].hasPrefix(") Z")
    }
}
