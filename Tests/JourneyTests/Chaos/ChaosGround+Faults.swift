import EventLoop
import Foundation
import Testing

/// What is done to the host; each fault says whether it struck.
extension ChaosGround {
    private static let strikePatience = Duration.seconds(5)

    /// Does a fault to the host and brings it back, if need be.
    ///
    /// - Returns: true where the fault is known to have struck.
    func apply(_ fault: ChaosFault, _ load: ChaosLoad) async throws -> Bool {
        switch fault {
        case .hostKilled: try await killHost(load)
        case .workerKilled: killWorker()
        case .workerPaused: await pauseWorker()
        case .hostPaused: await pauseHost()
        case .diskFull: try await fillDisk(load)
        case .storeTakenAway: try await takeStoreAway(load)
        case .writeFailed: try await failWrite(load)
        case .powerCut: try await cutPower(load)
        case .nameUnsynced: try await dieBeforeNamesAreSynced(load)
        case .syncFailed: try await failSync(load)
        }
    }

    private func killHost(_ load: ChaosLoad) async throws -> Bool {
        let struck = isHostAlive
        await killAll()
        try await startAgain(load)
        return struck
    }

    private func killWorker() -> Bool {
        guard let worker = drawWorker() else { return false }
        return kill(worker, SIGKILL) == 0
    }

    /// It strikes where the host ends the worker for its silence.
    private func pauseWorker() async -> Bool {
        let worker = drawWorker()
        if let worker { kill(worker, SIGSTOP) }
        // Silence of two seconds ends a worker, and is looked for once a second.
        await pause(2500...4500)
        let struck = worker.map { !isAlive($0) } ?? false
        for worker in workers { kill(worker, SIGCONT) }
        return struck
    }

    private func pauseHost() async -> Bool {
        kill(host.file.pid, SIGSTOP)
        await pause(200...3000)
        let struck = state(of: host.file.pid) == "T"
        kill(host.file.pid, SIGCONT)
        return struck
    }

    private func fillDisk(_ load: ChaosLoad) async throws -> Bool {
        let before = try disk.strikes(.full)
        try disk.set(.full, true)
        await pause(100...1500)
        if next() % 3 == 0 { await killAll() }
        try disk.set(.full, false)
        let struck = try disk.strikes(.full) > before
        if !isHostAlive { try await startAgain(load) }
        return struck
    }

    /// It is brought back before the host is started: one that is started without it makes a new
    /// one, and is a new host.
    private func takeStoreAway(_ load: ChaosLoad) async throws -> Bool {
        try #require(rename(host.data, host.data + ".away") == 0)
        await pause(100...1500)
        let struck = access(host.data, F_OK) != 0
        let isKilled = next() % 2 == 0
        if isKilled { await killAll() }
        try #require(rename(host.data + ".away", host.data) == 0)
        if isKilled { try await startAgain(load) }
        return struck
    }

    /// A write fails: the host says that it has to be started again, or is killed before it can.
    private func failWrite(_ load: ChaosLoad) async throws -> Bool {
        let before = try disk.strikes(.writeFails)
        try disk.set(.writeFails, true)
        let struck = try await waits { try disk.strikes(.writeFails) > before }
        await pause(0...500)
        let isKilled = next() % 3 == 0
        if isKilled { await killAll() }
        try disk.set(.writeFails, false)
        if isKilled { try await startAgain(load) }
        return struck
    }

    private func cutPower(_ load: ChaosLoad) async throws -> Bool {
        await killAll()
        let struck = try cut()
        try await startAgain(load)
        return struck
    }

    /// A sync fails; the host is started again, as its error says, works, and loses its power.
    private func failSync(_ load: ChaosLoad) async throws -> Bool {
        let before = try disk.strikes(.syncFails)
        try disk.set(.syncFails, true)
        await pause(50...500)
        let struck = try await waits { try disk.strikes(.syncFails) > before }
        await killAll()
        try disk.set(.syncFails, false)
        try await startAgain(load)
        try await bringBack(load)
        await pause(50...1000)
        await killAll()
        _ = try cut()
        try await startAgain(load)
        return struck
    }

    /// The host dies between a file's name and the sync of its directory, is started again, and
    /// loses its power.
    private func dieBeforeNamesAreSynced(_ load: ChaosLoad) async throws -> Bool {
        let before = try disk.strikes(.diesBeforeNamesAreSynced)
        try disk.set(.diesBeforeNamesAreSynced, true)
        let isDead = await waits { !isHostAlive }
        let struck = try disk.strikes(.diesBeforeNamesAreSynced) > before
        await killAll()
        try disk.set(.diesBeforeNamesAreSynced, false)
        try await startAgain(load)
        await pause(0...500)
        await killAll()
        _ = try cut()
        try await startAgain(load)
        return isDead && struck
    }

    /// Waits for a fault to strike, but not for ever; answers whether it did.
    private func waits(until isStruck: () throws -> Bool) async rethrows -> Bool {
        let deadline = ContinuousClock.now + Self.strikePatience
        while try !isStruck() {
            guard ContinuousClock.now < deadline else { return false }
            await LoopTimer.wait(.milliseconds(5))
        }
        return true
    }

    /// One of the workers; it takes its chance also where there is none.
    private func drawWorker() -> Int32? {
        let (workers, place) = (workers.filter(isAlive), next())
        return workers.isEmpty ? nil : workers[Int(place % UInt64(workers.count))]
    }
}
