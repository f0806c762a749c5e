import Contract
package import Invocations

extension Dispatcher {
    /// Records an event; what it is owed to begins at once where a slot is free.
    ///
    /// - Parameter watcher: told when the first attempt of its first invocation is settled, or when
    ///   it is cancelled before.
    package func record(
        _ record: Record, watcher: ((Notice) -> Void)? = nil, answered: @escaping (Answer) -> Void
    ) {
        guard isAccepting || !record.comesFromOutside else { return answered(.refused(.diskFull)) }
        var record = record
        let kept = keepSlots(for: &record)
        let event = record.event
        let owed = record.owed
        submit(.record(record)) { [self] answer in
            for function in kept { slots.giveBack(of: function) }
            if case .recorded(let recorded) = answer {
                if let watcher, !recorded.isDuplicate, !owed.isEmpty {
                    watchers[InvocationNumber(event: recorded.number, ordinal: 0)] = watcher
                }
                begin(recorded, event, owed)
            }
            if !kept.isEmpty { freed() }
            answered(answer)
        }
    }

    /// Changes schedules; a tick begins at once where a slot is free.
    package func plan(_ planning: Planning, answered: @escaping (Answer) -> Void) {
        var planning = planning
        let kept = keepSlots(for: &planning)
        submit(.plan(planning)) { [self] answer in
            for function in kept { slots.giveBack(of: function) }
            if case .planned(let planned) = answer {
                ready(planned.ready)
                if let dueAt = planned.dueAt { waits(until: dueAt) }
                begin(planned, planning)
            }
            if !kept.isEmpty { freed() }
            answered(answer)
        }
    }

    /// Nobody watches the invocation any more.
    package func stopWatching(_ invocation: InvocationNumber) { watchers[invocation] = nil }

    /// One claim at a time, for what may be ready and has room.
    func claimIfUseful() {
        guard !isClaiming, !isDraining, !isClaimFutile else { return }
        var wants: [Claim.Want] = []
        let free = slots.freeForInvocations
        if free > 0, !maybeReady.isEmpty { wants = rotation.wants(candidates(), slots: free) }
        guard !wants.isEmpty || !isDueLookedAt else { return }
        isClaiming = true
        isDueLookedAt = true
        for want in wants { slots.take(want.invocationsMax, of: registry[want.function]!.index) }
        let claim = Claim(
            wants: wants, invocationsMax: free, suspectsMax: suspectsMax, now: clock())
        journal.add(.claim(claim)) { [self] answer in
            isClaiming = false
            for want in wants {
                slots.giveBack(want.invocationsMax, of: registry[want.function]!.index)
            }
            claimed(answer, claim)
            beginWaiting()
        }
    }

    /// The suspects that quarantine has room for: who only waits there holds a lease, and would be
    /// charged should the host end.
    private var suspectsMax: Int {
        guard alone > 0 || !waitingAlone.isEmpty || !waitingForFiles.isEmpty else {
            return limits.quarantineWorkersMax
        }
        var held = attempts.values.count { $0.isHeldSuspect }
        held += waitingAlone.count { $0.isHeldSuspect }
        held += waitingForFiles.count { $0.isHeldSuspect }
        return max(0, limits.quarantineWorkersMax - held)
    }

    /// Says when the first of `records` that begin later is due.
    func waits(for records: [Record]) {
        for record in records { waits(for: record.owed) }
    }

    private func waits(for owed: [Owed]) {
        for one in owed {
            if case .at(let instant) = one.start { waits(until: instant) }
        }
    }

    /// Takes a slot for each of what can begin with the commit; answers the functions' places.
    private func keepSlots(for record: inout Record) -> [Int] {
        var kept: [Int] = []
        for place in record.owed.indices where record.owed[place].start == .whenClaimed {
            guard let function = registry[record.owed[place].function], canStart(function) else {
                continue
            }
            record.owed[place].start = .now
            slots.take(of: function.index)
            kept.append(function.index)
        }
        return kept
    }

    /// Of several ticks the first must not run before the others, to which it may have to give way.
    private func keepSlots(for planning: inout Planning) -> [Int] {
        guard case .fire(var firing) = planning, firing.ticks.count == 1 else { return [] }
        let kept = keepSlots(for: &firing.ticks[0].record)
        planning = .fire(firing)
        return kept
    }

    private func canStart(_ function: Registry.Function) -> Bool {
        !isDraining && room(of: function) > 0 && !maybeReady.contains(function.number)
    }

    /// What runs apart is handed out as slowly as it runs: the rest waits in the store.
    private func room(of function: Registry.Function) -> Int {
        let room = slots.room(of: function.index)
        guard isApart(function.index) else { return room }
        return max(0, min(room, limits.quarantineWorkersMax - slots.inUse(of: function.index)))
    }

    private func candidates() -> [Rotation.Candidate] {
        maybeReady.compactMap { number in
            registry[number].map {
                Rotation.Candidate(
                    function: number, weight: $0.policies.priority.weight, room: room(of: $0))
            }
        }
    }

    private func begin(_ planned: Planned, _ planning: Planning) {
        guard case .fire(let firing) = planning else { return }
        for (tick, recorded) in zip(firing.ticks, planned.recorded) {
            if let recorded { begin(recorded, tick.record.event, tick.record.owed) }
        }
    }

    private func begin(_ recorded: Recorded, _ event: NewEvent, _ owed: [Owed]) {
        ready(recorded.ready)
        if !recorded.isDuplicate { waits(for: owed) }
        guard !recorded.started.isEmpty else { return }
        let numbered = event.numbered(recorded.number)
        for started in recorded.started {
            let invocation = InvocationNumber(event: recorded.number, ordinal: started.ordinal)
            begin(
                ClaimedInvocation(
                    held: Held(invocation: invocation, lease: started.lease),
                    function: owed[started.ordinal].function, event: numbered, runs: 1, charged: 0,
                    firstRunAt: nil, suspicion: .none))
        }
    }

    private func claimed(_ answer: Answer, _ claim: Claim) {
        guard case .claimed(let claimed) = answer else {
            // The store can't claim now. It is asked again when something happens or time passes.
            isDueLookedAt = false
            isClaimFutile = true
            return
        }
        let before = maybeReady
        for function in claimed.exhausted { maybeReady.remove(function) }
        ready(claimed.ready)
        note(claimed)
        for invocation in claimed.invocations { begin(invocation) }
        if looksAroundAgain { return lookAround() }
        // A store that hands out nothing, and does not say that there is nothing, is not asked on.
        let isStuck = claimed.invocations.isEmpty && maybeReady == before
        isClaimFutile = isStuck && !claim.wants.isEmpty
        look(claimed.nextDueAt, isStuck: isStuck)
        if !maybeReady.isEmpty, !isClaimFutile { changed() }
    }

    /// Moves each function on in the rotation by what it got; what one got lies side by side.
    private func note(_ claimed: Claimed) {
        var rest = claimed.invocations[...]
        while let function = rest.first?.function {
            let count = rest.prefix { $0.function == function }.count
            rest = rest.dropFirst(count)
            let weight = registry[function]?.policies.priority.weight ?? 1
            rotation.took(count, function, weight: weight)
        }
    }

    /// Sees to what is due next; at once where more came due than one claim makes ready.
    private func look(_ nextDueAt: Instant?, isStuck: Bool) {
        let now = clock()
        guard let nextDueAt, nextDueAt <= now else {
            self.nextDueAt = nextDueAt
            return
        }
        if isStuck { self.nextDueAt = now + .seconds(1) } else { due() }
    }

    private func begin(_ claimed: ClaimedInvocation) {
        guard let function = registry[claimed.function], !isDraining else {
            return release([claimed.held])
        }
        newest = max(newest, claimed.held.invocation.rawValue)
        let work = Work(.invocation(claimed), function: function.index)
        takeSlot(for: work)
        if placing[claimed.function] == nil { begin(work) } else { waitingForFiles.append(work) }
    }

    /// Gives back to the store what did not begin; uncharged, as if it had not been claimed.
    func release(_ held: [Held]) {
        submit(.release(held)) { [self] answer in
            if case .released(let functions) = answer { ready(functions) }
            for one in held { cancelReturned(one.invocation) }
        }
    }
}
