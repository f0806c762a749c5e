import Contract
import Invocations

extension MemoryState {
    mutating func settle(_ settling: Settling) -> Answer {
        guard let row = running(settling.held) else { return .refused(.leaseLost) }
        switch plan(settling.effects, settling.ending) {
        case nil: return .settled(end(row, settling.ending, dropped: []))
        case .failure(let refusal): return .refused(refusal)
        case .success(let prepared):
            var ready: [FunctionNumber] = []
            var applied: (dropped: [String], placements: [Placement]) = ([], [])
            if settling.ending.settlement == .succeeded {
                applied = apply(prepared, ready: &ready)
            }
            var settled = end(row, settling.ending, dropped: applied.dropped)
            settled.ready.formUnion(ready)
            settled.droppedKeys = applied.dropped
            settled.placements = applied.placements
            return .settled(settled)
        }
    }

    mutating func conclude(_ conclusion: Conclusion) -> Answer {
        let ending = conclusion.ending
        if let key = conclusion.response?.keyHash, let known = responses[key],
            known.expiresAt > ending.endedAt
        {
            return .refused(.answered(known))
        }
        var ready: [FunctionNumber] = []
        var applied: (dropped: [String], placements: [Placement]) = ([], [])
        let number = EventNumber(event + 1)
        switch plan(conclusion.effects, ending) {
        case nil: _ = insert(conclusion.event, owedTo: 1)
        case .failure(let refusal): return .refused(refusal)
        case .success(let prepared):
            _ = insert(conclusion.event, owedTo: 1)
            if ending.settlement == .succeeded {
                applied = apply(prepared, ready: &ready)
            }
        }
        put(row(of: conclusion, number, applied.dropped))
        if let response = conclusion.response { responses[response.keyHash] = response }
        return .concluded(
            Concluded(
                event: events[number.rawValue]!.id, ready: ready, droppedKeys: applied.dropped,
                placements: applied.placements))
    }

    private func row(of conclusion: Conclusion, _ event: EventNumber, _ dropped: [String]) -> Row {
        let ending = conclusion.ending
        var row = Row(
            number: InvocationNumber(event: event, ordinal: 0).rawValue,
            function: conclusion.function,
            state: .succeeded, firstRunAt: ending.beganAt, beganAt: ending.beganAt,
            finishedAt: ending.endedAt)
        row.runs = conclusion.runs
        row.charged = ending.outcome.isCharged ? 1 : 0
        switch ending.settlement {
        case .succeeded: break
        case .cancelled: (row.state, row.error) = (.cancelled, ending.outcome.error)
        case .dead(let reason): (row.state, row.error) = (.dead, reason)
        case .again, .rerun, .retry: preconditionFailure("a call that is concluded has ended")
        }
        row.history = [ending.attempt(row.runs, dropped)]
        return row
    }

    /// Moves `row` to where the settlement says.
    mutating func end(_ before: Row, _ ending: Ending, dropped: [String]) -> Settled {
        var row = before
        row.suspicion = before.suspicion.after(ending)
        if ending.outcome.isCharged { row.charged += 1 }
        row.history.append(ending.attempt(row.earlierRuns + row.runs, dropped))
        row.error = ending.outcome.error
        row.beganAt = ending.beganAt
        var settled = Settled()
        let isReplaced = ending.settlement.runsLater && isReplaced(row)
        switch ending.settlement {
        case .again where isReplaced, .retry where isReplaced:
            row.state = .cancelled
            row.error = Announced.replaced
        case .succeeded: row.state = .succeeded
        case .again:
            row.state = .ready
            if row.turn != .waits { settled.ready = [row.function] }
        case .rerun:
            row.runs += 1
            row.lease = nextLease()
            settled.renewed = Lease(row.lease)
        case .retry(let due):
            row.state = .retrying
            row.dueAt = due
            settled.dueAt = due
        case .cancelled: row.state = .cancelled
        case .dead(let reason):
            row.state = .dead
            row.error = reason
        }
        if !row.state.isOwed { row.finishedAt = ending.endedAt }
        put(row)
        if !row.state.isOwed { settled.ready = passOn(from: row) }
        return settled
    }

    // MARK: a new host

    mutating func register(_ registration: Registration) -> Answer {
        for index in functions.indices { functions[index].isDeclared = false }
        var policies: [FunctionNumber: Policies] = [:]
        for declaration in registration.functions {
            let place = functions.firstIndex { $0.name == declaration.name } ?? functions.count
            if place == functions.count { functions.append(Function(name: declaration.name)) }
            functions[place].isDeclared = true
            policies[FunctionNumber(Int64(place) + 1)] = declaration.policies
        }
        triggers = TriggerTable(registration.triggers, functions: registration.functions) { name in
            functions.firstIndex { $0.name == name }.map { FunctionNumber(Int64($0) + 1) }
        }
        var recovered = 0
        var charged = 0
        for number in owed {
            guard let row = invocations[number], row.state == .running, row.lease <= leaseAtStart
            else { continue }
            let ending = ending(of: row, policies[row.function], registration.now)
            _ = end(row, ending, dropped: [])
            recovered += 1
            if ending.outcome.isCharged { charged += 1 }
        }
        return .registered(
            Registered(functions: registered, recovered: recovered, charged: charged))
    }

    private var registered: [Registered.Function] {
        functions.enumerated().map { index, function in
            let number = FunctionNumber(Int64(index) + 1)
            return Registered.Function(
                number: number, name: function.name, isPaused: function.isPaused,
                isDeclared: function.isDeclared,
                owed: owed.count { invocations[$0]!.function == number })
        }
    }

    /// What ran alone when the host ended is charged with it, unless its function is gone.
    private func ending(of row: Row, _ policies: Policies?, _ now: Instant) -> Ending {
        let isBlamed = row.suspicion.runsAlone && policies != nil
        let outcome: Outcome =
            isBlamed ? .crashed(error: "the host ended while it ran alone") : .interrupted(.host)
        let settlement = Invocations.settle(
            outcome,
            AttemptSoFar(
                charged: row.charged, runs: row.runs, firstRunAt: row.firstRunAt, chance: 0.5),
            policies ?? Policies(), runsMax: limits.runsMax, now: now)
        return Ending(outcome: outcome, settlement: settlement, beganAt: row.beganAt, endedAt: now)
    }
}

extension Ending {
    fileprivate func attempt(_ number: Int, _ dropped: [String]) -> AttemptRecord {
        let keys = dropped.map { "\"\($0)\"" }.joined(separator: ", ")
        let droppedNote = dropped.isEmpty ? nil : "dropped, for the key was known: \(keys)"
        let notes = [note, droppedNote].compactMap(\.self)
        return AttemptRecord(
            number: number, outcome: outcome.name, error: outcome.error, beganAt: beganAt,
            endedAt: endedAt, worker: worker,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "), response: response)
    }
}

extension Suspicion {
    fileprivate func after(_ ending: Ending) -> Suspicion {
        if case .crashed = ending.outcome { return .convicted }
        if self == .convicted { return .convicted }
        if ending.settlement == .again(suspect: true) { return .suspect }
        guard ending.outcome == .interrupted(.host) else { return .none }
        return self == .none ? .seenOnce : .suspect
    }
}
