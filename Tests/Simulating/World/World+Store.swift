import Contract
import Invocations

/// The way to the store, where rules are broken on purpose if they are.
extension World {
    /// - Parameter isCutShort: the host ends while the store is at it; nothing is answered then.
    nonisolated(nonsending) func commitToStore(
        _ changes: [Change], isCutShort: Bool
    ) async -> [Answer]? {
        let store = disk.store
        switch breach {
        case nil, .answersBeforeSync, .losesEffect:
            return isCutShort ? nil : await store.commit(changes)
        case .noLeaseGuard:
            return isCutShort ? nil : await store.commit(changes.map(withoutLeaseGuard))
        case .noUniqueFiring:
            return isCutShort ? nil : await store.commit(changes.map(withoutCursor))
        case .effectsFirst:
            let halves = changes.map(effectsAlone)
            let first = halves.flatMap(\.first)
            if !first.isEmpty { _ = await store.commit(first) }
            return isCutShort ? nil : await store.commit(halves.map(\.second))
        }
    }

    private func withoutLeaseGuard(_ change: Change) -> Change {
        guard case .settle(var settling) = change,
            let row = model.rows[settling.held.invocation.rawValue], row.state == .running
        else { return change }
        settling.held.lease = Lease(row.lease)
        return .settle(settling)
    }

    private func withoutCursor(_ change: Change) -> Change {
        guard case .plan(.fire(var firing)) = change, firing.through != nil,
            let schedule = model.schedules[firing.schedule]
        else { return change }
        firing.after = schedule.cursor
        return .plan(.fire(firing))
    }

    /// Only documents that cause no event, so that all else is as it should be.
    private func effectsAlone(_ change: Change) -> (first: [Change], second: Change) {
        guard case .settle(var settling) = change, settling.ending.settlement == .succeeded,
            let origin = settling.effects.origin, settling.effects.records.isEmpty,
            settling.effects.files.isEmpty,
            settling.effects.writes.allSatisfy({ $0.path.hasPrefix("done/") })
        else { return ([], change) }
        let writing = Writing(settling.effects.writes.map { ConditionalWrite($0) }, origin: origin)
        settling.effects = Effects(reads: settling.effects.reads)
        return ([.write(writing)], .settle(settling))
    }
}
