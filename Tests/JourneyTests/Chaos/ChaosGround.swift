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
    /// Apart, so that how much there is to lose does not change what is done next.
    private var cutChance: SeededChance
    /// How often the power went.
    private(set) var cuts = 0
    /// How often the host said that it has to be started again, and was.
    private(set) var restartsAsked = 0

    init(chance: SeededChance) async throws {
        var chance = chance
        cutChance = SeededChance(state: chance.next())
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

    /// Waits until the host says that it accepted something new. A host that asks to be started
    /// again is.
    func bringBack(_ load: ChaosLoad) async throws {
        let before = await load.ledger.told
        let deadline = ContinuousClock.now + HostUnderTest.patience
        while await load.ledger.told == before {
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

    /// The power goes; answers whether the files are other ones than the kill left.
    func cut() throws -> Bool {
        cuts += 1
        return try disk.cutPower { $0.cut(&cutChance) }
    }

    func startAgain(_ load: ChaosLoad) async throws {
        await load.hostWent()
        try await host.start()
        await load.moved(to: host.file)
    }

    /// A pause of so many milliseconds, by chance.
    func pause(_ range: ClosedRange<Int64>) async {
        let span = UInt64(range.upperBound - range.lowerBound)
        await LoopTimer.wait(.milliseconds(range.lowerBound + Int64(next() % (span + 1))))
    }

    func next() -> UInt64 { chance.next() }

    /// Kills the host, and waits until its workers are gone too.
    func killAll() async {
        let workers = workers
        await host.killNow()
        while workers.contains(where: isAlive) { await LoopTimer.wait(.milliseconds(5)) }
    }

    /// The children of the host, as the kernel knows them: by the thread that started each.
    var workers: [Int32] {
        let tasks = "/proc/\(host.file.pid)/task"
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
        return threads.flatMap { thread in
            let text = try? String(contentsOfFile: "\(tasks)/\(thread)/children", encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { Int32($0) }
        }
    }

    var isHostAlive: Bool { isAlive(host.file.pid) }

    /// One that nobody waited for yet is gone too.
    func isAlive(_ pid: Int32) -> Bool {
        let state = state(of: pid)
        return state != nil && state != "Z"
    }

    /// The kernel's letter for what a process does; nil where there is none.
    func state(of pid: Int32) -> Character? {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = status.lastIndex(of: ")")
        else { return nil }
        return status[end...].dropFirst(2).first
    }
}
