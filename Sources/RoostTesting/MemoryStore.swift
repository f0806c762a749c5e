package import Contract
package import Invocations
import Synchronization

/// A store in memory, for tests and the simulation: no thread, no disk, no clock.
///
/// A commit is applied before the call returns, and the same calls give the same answers. It passes
/// the suite that every store passes.
package final class MemoryStore: Store {
    private let state: Mutex<MemoryState>
    private let wake: AsyncStream<Void>.Continuation
    /// One wake-up is kept while nobody listens.
    package let wakes: AsyncStream<Void>

    /// An empty store.
    package convenience init(limits: Limits = Limits()) { self.init(MemoryState(limits: limits)) }

    private init(_ state: MemoryState) {
        self.state = Mutex(state)
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// What a host would find that starts after this one ended, however it ended.
    package func reopened() -> MemoryStore {
        var copy = state.withLock { $0 }
        copy.leaseAtStart = copy.lease
        copy.triggers = TriggerTable()
        return MemoryStore(copy)
    }

    /// Applies the changes at once, pruning last, and never suspends.
    package nonisolated(nonsending) func commit(_ changes: [Change]) async -> [Answer] {
        let answers = state.withLock { state in
            // Pruning goes last, as in any store.
            var answers = changes.map { $0.isPruning ? nil : state.apply($0) }
            for index in changes.indices where answers[index] == nil {
                answers[index] = state.apply(changes[index])
            }
            return answers.map { $0! }
        }
        if answers.contains(where: \.hasUnnamedReady) { wake.yield() }
        return answers
    }

    /// Answers from the state between two commits; never throws.
    package nonisolated(nonsending) func read(_ query: Query) async throws -> Page {
        state.withLock { $0.page(query) }
    }
}

extension Change {
    fileprivate var isPruning: Bool {
        if case .prune = self { true } else { false }
    }
}
