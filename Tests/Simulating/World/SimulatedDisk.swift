import Contract
import Invocations
import RoostTesting

/// Where a host's store lies, and what a next host finds there.
protocol SimulatedDisk: AnyObject {
    var store: any Store { get }

    /// The machine stops at once, while the store is at `changes`: what was not synced is gone.
    ///
    /// - Parameter share: how much of what was being written is there, in 0..<1.
    nonisolated(nonsending) func losePower(during changes: [Change], share: Double) async

    /// The host's process ended, and the next one opens the store.
    nonisolated(nonsending) func reopen() async throws

    /// Lets everything go.
    func close()
}

/// A disk that keeps what was committed, in memory.
final class MemoryDisk: SimulatedDisk {
    private var memory: MemoryStore
    /// What is on the disk, where answers do not wait for it.
    private var synced: MemoryStore?
    private let syncsLate: Bool
    private var reads = 0

    /// - Parameter syncsLate: what is committed comes to the disk only with every 40th look at it.
    init(limits: Limits, syncsLate: Bool = false) {
        memory = MemoryStore(limits: limits)
        self.syncsLate = syncsLate
    }

    var store: any Store {
        reads += 1
        if syncsLate, reads % 40 == 0 { synced = memory.reopened() }
        return memory
    }

    nonisolated(nonsending) func losePower(during changes: [Change], share: Double) async {
        if syncsLate, let synced { memory = synced }
    }

    nonisolated(nonsending) func reopen() async {
        memory = memory.reopened()
        if syncsLate { synced = memory.reopened() }
    }

    func close() {}
}
