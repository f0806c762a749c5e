import Contract
import Invocations

extension MemoryState {
    mutating func claim(_ claim: Claim) -> Answer {
        var claimed = Claimed()
        makeReady(at: claim.now, &claimed)
        var bytes = claim.bytesMax
        var suspects = claim.suspectsMax
        for want in claim.wants {
            let isKnown = want.function.rawValue > 0 && want.function.rawValue <= functions.count
            guard isKnown, !isPaused(want.function) else {
                claimed.exhausted.append(want.function)
                continue
            }
            let most = min(want.invocationsMax, claim.invocationsMax - claimed.invocations.count)
            let ready = owed.filter {
                invocations[$0]!.function == want.function && invocations[$0]!.isReady
            }
            var taken = 0
            for number in ready {
                let isSuspect = invocations[number]!.suspicion.runsAlone
                if isSuspect, suspects == 0 { continue }
                let size = events[number >> InvocationNumber.ordinalBits]!.data.count
                guard taken < most, bytes - size >= 0 || claimed.invocations.isEmpty else { break }
                bytes -= size
                if isSuspect { suspects -= 1 }
                claimed.invocations.append(start(number, claim.now))
                taken += 1
            }
            if taken == ready.count { claimed.exhausted.append(want.function) }
        }
        return .claimed(claimed)
    }

    private mutating func start(_ number: Int64, _ now: Instant) -> ClaimedInvocation {
        var row = invocations[number]!
        let firstRunAt = row.runs == 0 ? nil : row.firstRunAt
        row.state = .running
        row.lease = nextLease()
        row.runs += 1
        row.firstRunAt = firstRunAt ?? now
        row.beganAt = now
        put(row)
        return ClaimedInvocation(
            held: row.held, function: row.function,
            event: events[number >> InvocationNumber.ordinalBits]!,
            runs: row.runs, earlierRuns: row.earlierRuns, charged: row.charged,
            firstRunAt: firstRunAt, suspicion: row.suspicion)
    }

    private mutating func makeReady(at now: Instant, _ claimed: inout Claimed) {
        for number in owed {
            var row = invocations[number]!
            guard row.state == .scheduled || row.state == .retrying, !isPaused(row.function) else {
                continue
            }
            guard row.dueAt! <= now else {
                claimed.nextDueAt = min(claimed.nextDueAt ?? .distantFuture, row.dueAt!)
                continue
            }
            row.state = .ready
            put(row)
            if row.isReady { claimed.ready.formUnion([row.function]) }
        }
    }

    mutating func stepBack(_ change: StepBack) -> Answer {
        var place =
            change.place
            ?? StepBack.Place(lastEvent: EventNumber(event), lastLease: Lease(lease))
        let waiting = owed.map { invocations[$0]! }.filter { $0.waits }.sorted { $0.isBefore($1) }
        let rows = waiting.filter { $0.isAfter(place) }.prefix(change.rowsMax)
        var moved = 0
        for row in rows {
            place.function = row.function
            place.dueAt = row.dueAt!
            place.after = InvocationNumber(row.number)
            guard place.after.event <= place.lastEvent, row.lease <= place.lastLease.rawValue else {
                continue
            }
            invocations[row.number]!.dueAt = row.dueAt! - change.step
            moved += 1
        }
        var next: StepBack?
        if rows.count == change.rowsMax {
            next = change
            next?.place = place
        }
        return .steppedBack(SteppedBack(moved: moved, next: next))
    }

    // MARK: by hand

    mutating func pause(_ function: FunctionNumber, _ isPaused: Bool) -> Answer {
        functions[Int(function.rawValue) - 1].isPaused = isPaused
        return .paused
    }

    mutating func release(_ held: [Held]) -> Answer {
        var released: [FunctionNumber] = []
        for held in held {
            guard var row = running(held) else { continue }
            row.state = .ready
            row.runs -= 1
            put(row)
            released.formUnion([row.function])
        }
        return .released(released)
    }

    mutating func retry(_ selection: Selection, _ now: Instant) -> Answer {
        if case .matching(_, let state, _) = selection {
            let endedWell = state == .succeeded || state == .cancelled
            precondition(!endedWell, "what ended well is found by its number")
        }
        return select(selection, orElse: [.dead]) { state, row, selected in
            switch row.state {
            case .running: return
            case .ready:
                if row.isReady { selected.ready.formUnion([row.function]) }
                return
            case .scheduled, .retrying: selected.count += 1
            case .succeeded, .cancelled, .dead:
                row.earlierRuns += row.runs
                row.runs = 0
                row.charged = 0
                row.turn = row.orderingKey == nil ? .has : .free
                selected.count += 1
            }
            row.state = .ready
            row.error = nil
            state.put(row)
            if row.isReady { selected.ready.formUnion([row.function]) }
        }
    }

    mutating func cancel(_ selection: Selection, _ now: Instant) -> Answer {
        if case .one(let number) = selection, let row = invocations[number.rawValue],
            !row.state.isOwed
        {
            return .refused(.isFinished(row.state))
        }
        return select(selection, orElse: [.scheduled, .retrying, .ready, .running]) {
            state, row, selected in
            guard row.state != .running else { return selected.running.append(row.held) }
            guard row.state.isOwed else { return }
            row.state = .cancelled
            row.error = nil
            row.finishedAt = now
            state.put(row)
            selected.count += 1
            selected.ready.formUnion(state.passOn(from: row))
        }
    }

    /// Calls `change` with each that is meant; one that runs and was named alone is refused. Of
    /// many those that run are not counted, and come once nothing else is left.
    private mutating func select(
        _ selection: Selection, orElse states: [InvocationState],
        _ change: (inout MemoryState, inout Row, inout Selected) -> Void
    ) -> Answer {
        var selected = Selected(count: 0)
        switch selection {
        case .one(let number):
            guard var row = invocations[number.rawValue] else {
                return .refused(.unknownInvocation)
            }
            guard row.state != .running else { return .refused(.isRunning(row.held)) }
            change(&self, &row, &selected)
        case .matching(let function, let state, let max):
            let states = state.map { [$0] } ?? states
            let found = invocations.values.filter {
                (function == nil || $0.function == function) && states.contains($0.state)
            }.sorted { ($0.function, $0.number) < ($1.function, $1.number) }
            let others = found.filter { $0.state != .running }
            selected.hasMore = others.count > max
            let running = selected.hasMore ? [] : found.filter { $0.state == .running }
            for row in others.prefix(max) + running {
                var row = invocations[row.number]!
                change(&self, &row, &selected)
            }
        }
        return .selected(selected)
    }
}

extension MemoryState.Row {
    fileprivate var waits: Bool { state == .scheduled || state == .retrying }

    /// The order in which rows that wait are gone through.
    fileprivate func isBefore(_ other: Self) -> Bool {
        (function, dueAt!, number) < (other.function, other.dueAt!, other.number)
    }

    fileprivate func isAfter(_ place: StepBack.Place) -> Bool {
        (place.function, place.dueAt, place.after.rawValue) < (function, dueAt!, number)
    }
}
