import Contract
import Invocations
import Synchronization

/// The store of the host that runs now, as handlers read it from whatever thread.
final class SharedStore: Sendable {
    private let store = Mutex<MemoryStore?>(nil)

    func set(_ new: MemoryStore) { store.withLock { $0 = new } }

    /// Answers what a handler asks.
    func answer(_ question: WorkerRead) async throws -> [HostReply.Found] {
        guard let store = store.withLock({ $0 }) else {
            throw SimulationError(description: "a handler asked and no host runs")
        }
        switch try await store.read(try Query(question)) {
        case .documents(let found): return found
        case .scanned(let count, _):
            throw SimulationError(
                description: "a query looked at \(count) documents, which is the most")
        default: preconditionFailure("documents were asked for")
        }
    }
}
