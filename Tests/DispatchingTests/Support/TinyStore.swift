import Contract
import Dispatching
import Invocations

/// What a dispatcher needs of a store, kept in memory and answered at once.
final class TinyStore {
    struct Row {
        var number: InvocationNumber
        var function: FunctionNumber
        var event: Event
        var state = InvocationState.ready
        var lease: Lease?
        var runs = 0
        var charged = 0
        var firstRunAt: Instant?
        var dueAt: Instant?
        var suspicion = Suspicion.none
    }

    private(set) var rows: [InvocationNumber: Row] = [:]
    private(set) var documents: [String: StoredDocument] = [:]
    private(set) var endings: [Ending] = []
    private(set) var conclusions: [Conclusion] = []
    private(set) var claims: [Claim] = []
    private(set) var released: [Held] = []
    private var line: [InvocationNumber] = []
    private var paused: Set<FunctionNumber> = []
    private var lastEvent: Int64 = 0
    private var lastLease: Int64 = 0
    private var lastVersion: Int64 = 0
    /// Decides an answer in place of the usual one.
    var script: (Change) -> Answer? = { _ in nil }

    func apply(_ changes: [Change]) -> [Answer] { changes.map { apply($0) } }

    func rows(_ state: InvocationState) -> [Row] {
        rows.values.filter { $0.state == state }.sorted { $0.number < $1.number }
    }

    func count(_ state: InvocationState) -> Int { rows.values.count { $0.state == state } }

    /// What is ready for a function, without a record through the dispatcher.
    func add(
        _ function: FunctionNumber, count: Int, dueAt: Instant? = nil, suspicion: Suspicion = .none
    ) {
        for _ in 0..<count {
            let event = NewEvent(kind: .command, subject: "f", acceptedAt: Desk.start, data: [])
            let number = insert(Record(event: event, owed: [Owed(function: function)]))[0]
            rows[number]!.suspicion = suspicion
            if let dueAt { wait(number, until: dueAt, as: .scheduled) }
        }
    }

    func put(_ path: String, _ body: [UInt8]) {
        lastVersion += 1
        documents[path] = StoredDocument(version: lastVersion, body: body)
    }

    func version(_ path: String) -> Int64 { documents[path]?.version ?? 0 }

    private func apply(_ change: Change) -> Answer {
        if case .claim(let claim) = change { claims.append(claim) }
        if let answer = script(change) { return answer }
        switch change {
        case .record(let record): return self.record(record)
        case .conclude(let conclusion): return conclude(conclusion)
        case .claim(let claim): return self.claim(claim)
        case .settle(let settling): return settle(settling)
        case .release(let held): return release(held)
        case .cancel(.one(let number), _): return cancel(number)
        case .pause(let function, let isPaused):
            if isPaused { paused.insert(function) } else { paused.remove(function) }
            return .paused
        case .retry, .cancel, .register, .plan, .announce, .write, .prune, .stepBack, .index:
            return .refused(.broken("not in this store"))
        }
    }

    private func insert(_ record: Record) -> [InvocationNumber] {
        lastEvent += 1
        let event = record.event.numbered(EventNumber(lastEvent))
        return record.owed.enumerated().map { ordinal, owed in
            let number = InvocationNumber(event: EventNumber(lastEvent), ordinal: ordinal)
            rows[number] = Row(number: number, function: owed.function, event: event)
            line.append(number)
            return number
        }
    }

    private func record(_ record: Record) -> Answer {
        let numbers = insert(record)
        var recorded = Recorded(
            event: EventID(.event, number: lastEvent, at: record.event.acceptedAt),
            number: EventNumber(lastEvent))
        for (ordinal, owed) in record.owed.enumerated() {
            switch owed.start {
            case .now:
                let lease = start(numbers[ordinal], at: record.event.acceptedAt)
                recorded.started.append(Recorded.Started(ordinal: ordinal, lease: lease))
            case .whenClaimed: recorded.ready.append(owed.function)
            case .at(let instant): wait(numbers[ordinal], until: instant, as: .scheduled)
            case .never: leave(numbers[ordinal], as: .dead)
            }
        }
        return .recorded(recorded)
    }

    @discardableResult
    private func start(_ number: InvocationNumber, at now: Instant) -> Lease {
        lastLease += 1
        line.removeAll { $0 == number }
        rows[number]!.state = .running
        rows[number]!.lease = Lease(lastLease)
        rows[number]!.runs += 1
        rows[number]!.firstRunAt = rows[number]!.firstRunAt ?? now
        return Lease(lastLease)
    }

    private func wait(_ number: InvocationNumber, until due: Instant, as state: InvocationState) {
        leave(number, as: state)
        rows[number]!.dueAt = due
    }

    private func leave(_ number: InvocationNumber, as state: InvocationState) {
        line.removeAll { $0 == number }
        rows[number]!.state = state
        rows[number]!.lease = nil
    }

    private func putBack(_ number: InvocationNumber) {
        leave(number, as: .ready)
        line.append(number)
        line.sort()
    }

    private func claim(_ claim: Claim) -> Answer {
        var claimed = Claimed()
        for row in rows.values where row.state == .scheduled || row.state == .retrying {
            guard let dueAt = row.dueAt, !paused.contains(row.function) else { continue }
            if dueAt <= claim.now {
                putBack(row.number)
                claimed.ready.append(row.function)
            } else {
                claimed.nextDueAt = min(claimed.nextDueAt ?? dueAt, dueAt)
            }
        }
        var room = claim.invocationsMax
        var suspects = claim.suspectsMax
        for want in claim.wants {
            let isPaused = paused.contains(want.function)
            let ready = line.filter { rows[$0]!.function == want.function }
            let apart = ready.filter { rows[$0]!.suspicion.runsAlone }.prefix(suspects)
            let able = ready.filter { !rows[$0]!.suspicion.runsAlone || apart.contains($0) }
            let taken = able.prefix(isPaused ? 0 : min(want.invocationsMax, room))
            room -= taken.count
            suspects -= apart.count
            if taken.count == ready.count || isPaused { claimed.exhausted.append(want.function) }
            for number in taken {
                let before = rows[number]!
                let lease = start(number, at: claim.now)
                claimed.invocations.append(
                    ClaimedInvocation(
                        held: Held(invocation: number, lease: lease), function: before.function,
                        event: before.event, runs: before.runs + 1, charged: before.charged,
                        firstRunAt: before.firstRunAt, suspicion: before.suspicion))
            }
        }
        return .claimed(claimed)
    }

    private func settle(_ settling: Settling) -> Answer {
        let number = settling.held.invocation
        guard let row = rows[number], row.lease == settling.held.lease else {
            return .refused(.leaseLost)
        }
        var settled = Settled()
        let ending = settling.ending
        if let refusal = commit(settling.effects, ending, &settled.ready) {
            return .refused(refusal)
        }
        endings.append(ending)
        settled.placements = settling.effects.placements
        if ending.outcome.isCharged { rows[number]!.charged += 1 }
        if case .crashed = ending.outcome { rows[number]!.suspicion = .convicted }
        switch ending.settlement {
        case .succeeded: leave(number, as: .succeeded)
        case .cancelled: leave(number, as: .cancelled)
        case .dead: leave(number, as: .dead)
        case .again(let suspect):
            if suspect { rows[number]!.suspicion = max(row.suspicion, .suspect) }
            putBack(number)
            settled.ready.append(row.function)
        case .rerun: settled.renewed = start(number, at: ending.endedAt)
        case .retry(let instant):
            wait(number, until: instant, as: .retrying)
            settled.dueAt = instant
        }
        return .settled(settled)
    }

    private func commit(
        _ effects: Effects, _ ending: Ending, _ ready: inout [FunctionNumber]
    ) -> Refusal? {
        let commits = ending.settlement == .succeeded && !effects.isEmpty
        if case .rejected = ending.outcome {} else if !commits { return nil }
        let stale = effects.reads.filter { version($0.path) != $0.version }.map(\.path)
        guard stale.isEmpty else { return .conflicted(paths: stale) }
        for case .put(let path, let body) in effects.writes { put(path, body) }
        for record in effects.records {
            if case .recorded(let recorded) = self.record(record) { ready += recorded.ready }
        }
        return nil
    }

    private func conclude(_ conclusion: Conclusion) -> Answer {
        let key = conclusion.response?.keyHash
        if let key,
            let known = conclusions.compactMap(\.response).first(where: { $0.keyHash == key })
        {
            return .refused(.answered(known))
        }
        var concluded = Concluded(event: conclusion.event.callID!, ready: [])
        if let refusal = commit(conclusion.effects, conclusion.ending, &concluded.ready) {
            return .refused(refusal)
        }
        conclusions.append(conclusion)
        concluded.placements = conclusion.effects.placements
        return .concluded(concluded)
    }

    private func release(_ held: [Held]) -> Answer {
        for held in held where rows[held.invocation]?.lease == held.lease {
            released.append(held)
            putBack(held.invocation)
            rows[held.invocation]!.runs -= 1
        }
        return .released(held.compactMap { rows[$0.invocation]?.function })
    }

    private func cancel(_ number: InvocationNumber) -> Answer {
        guard let row = rows[number] else { return .refused(.unknownInvocation) }
        if let lease = row.lease {
            return .refused(.isRunning(Held(invocation: number, lease: lease)))
        }
        guard row.state.isOwed else { return .refused(.isFinished(row.state)) }
        leave(number, as: .cancelled)
        return .selected(Selected(count: 1))
    }
}
