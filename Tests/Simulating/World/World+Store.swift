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
        case nil, .answersBeforeSync, .losesEffect, .losesCallEffect, .neverDies,
            .runsAgainAtOnce, .stopsFiring:
            return isCutShort ? nil : await store.commit(changes)
        case .forgetsKeys:
            return isCutShort ? nil : await store.commit(changes.map(\.withoutKey))
        case .ignoresOrder:
            return isCutShort ? nil : await store.commit(changes.map(\.withoutOrder))
        case .overlooksReady:
            guard !isCutShort else { return nil }
            let answers = await store.commit(changes.map(\.withoutWants))
            return zip(changes, answers).map { $1.exhausting($0) }
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

extension Change {
    /// What a host would say that breaks a rule: the model hears it as well as the store.
    func said(by breach: Breach, at now: Instant) -> Change {
        switch (breach, self) {
        case (.losesEffect, .settle(var settling)):
            settling.effects.records = settling.effects.records.dropLast()
            return .settle(settling)
        case (.losesCallEffect, .conclude(var conclusion)):
            conclusion.effects.writes = []
            return .conclude(conclusion)
        case (.neverDies, .settle(var settling))
        where settling.ending.settlement.isDeath && settling.ending.outcome.isChargedByTheModel:
            settling.ending.settlement = .retry(at: now + .seconds(30))
            return .settle(settling)
        case (.runsAgainAtOnce, .settle(var settling)) where settling.ending.settlement.isRetry:
            settling.ending.settlement = .again(suspect: false)
            return .settle(settling)
        default: return self
        }
    }

    fileprivate var withoutKey: Change {
        guard case .record(var record) = self else { return self }
        record.key = nil
        return .record(record)
    }

    fileprivate var withoutWants: Change {
        guard case .claim(var claim) = self else { return self }
        claim.wants = []
        return .claim(claim)
    }

    fileprivate var withoutOrder: Change {
        guard case .record(var record) = self else { return self }
        for place in record.owed.indices { record.owed[place].orderingKey = nil }
        return .record(record)
    }
}

extension Answer {
    /// Nothing is ready of all that a claim asked for.
    fileprivate func exhausting(_ change: Change) -> Answer {
        guard case .claimed(var claimed) = self, case .claim(let claim) = change else {
            return self
        }
        claimed.exhausted = claim.wants.map(\.function)
        return .claimed(claimed)
    }
}

extension Settlement {
    fileprivate var isRetry: Bool {
        if case .retry = self { true } else { false }
    }

    fileprivate var isDeath: Bool {
        if case .dead = self { true } else { false }
    }
}
