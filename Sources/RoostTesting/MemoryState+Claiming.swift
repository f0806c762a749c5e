import Contract
import Invocations

extension MemoryState {
    mutating func claim(_ claim: Claim) -> Answer {
        var claimed = Claimed()
        makeReady(at: claim.now, &claimed)
        var bytes = claim.bytesMax
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
            for number in ready.prefix(most) {
                let size = events[number >> InvocationNumber.ordinalBits]!.data.count
                guard bytes - size >= 0 || claimed.invocations.isEmpty else { break }
                bytes -= size
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
        select(selection, orElse: [.dead]) { state, row, selected in
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

    /// Calls `change` with each that is meant; one that runs and was named alone is refused.
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
            selected.hasMore = found.count > max
            for row in found.prefix(max) {
                var row = invocations[row.number]!
                change(&self, &row, &selected)
            }
        }
        return .selected(selected)
    }

    // MARK: forgetting

    mutating func prune(_ pruning: Pruning) -> Answer {
        keys = keys.filter { $0.value.expiresAt > pruning.now }
        responses = responses.filter { $0.value.expiresAt > pruning.now }
        for name in schedules.keys {
            // With one go those that were recorded before it.
            let firings = schedules[name]!.firings
            guard let last = firings.lastIndex(where: { $0.last <= pruning.historyBefore }) else {
                continue
            }
            schedules[name]!.firings.removeFirst(last + 1)
        }
        var pruned = Pruned()
        let isOver = bytes > pruning.historyBytesMax || deadBytes > pruning.deadBytesMax
        let last = max(pruning.historyBefore, pruning.deadBefore)
        let finished = invocations.values.filter {
            !$0.state.isOwed && (isOver || $0.finishedAt < last)
        }.sorted {
            ($0.finishedAt, $0.number) < ($1.finishedAt, $1.number)
        }
        // The oldest come first: where one stays, all later ones do.
        for row in finished where row.state == .dead {
            guard row.finishedAt < pruning.deadBefore || deadBytes > pruning.deadBytesMax else {
                break
            }
            forget(row)
            pruned.dead += 1
        }
        for row in finished where row.state != .dead {
            guard row.finishedAt < pruning.historyBefore || bytes > pruning.historyBytesMax else {
                break
            }
            forget(row)
            pruned.invocations += 1
        }
        for (number, event) in events where event.acceptedAt < pruning.historyBefore {
            if rows(ofEvent: number).isEmpty { forget(event: number) }
        }
        return .pruned(pruned)
    }

    private mutating func forget(_ row: Row) {
        remove(row)
        let event = row.number >> InvocationNumber.ordinalBits
        if rows(ofEvent: event).isEmpty { forget(event: event) }
    }

    private mutating func forget(event number: Int64) {
        events[number] = nil
        owedCounts[number] = nil
    }

    private var bytes: Int { events.values.reduce(0) { $0 + $1.data.count + 512 } }

    private var deadBytes: Int {
        invocations.values.filter { $0.state == .dead }.reduce(0) {
            $0 + 512 + (events[$1.number >> InvocationNumber.ordinalBits]?.data.count ?? 0)
        }
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
