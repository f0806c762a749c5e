import Contract
package import Invocations

extension Dispatcher {
    /// Records an event; what it is owed to begins at once where a slot is free.
    ///
    /// - Parameter watcher: told when the first attempt of its first invocation is settled.
    package func record(
        _ record: Record, watcher: ((Notice) -> Void)? = nil, answered: @escaping (Answer) -> Void
    ) {
        var record = record
        var kept: [Int] = []
        for place in record.owed.indices where record.owed[place].start == .whenClaimed {
            guard let function = registry[record.owed[place].function], canStart(function) else { continue }
            record.owed[place].start = .now
            slots.take(of: function.index)
            kept.append(function.index)
        }
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
            answered(answer)
        }
    }

    /// Nobody watches the invocation any more.
    package func stopWatching(_ invocation: InvocationNumber) { watchers[invocation] = nil }

    /// One claim at a time, for what may be ready and has room.
    func claimIfUseful() {
        guard !isClaiming, !isDraining else { return }
        var wants: [Claim.Want] = []
        let free = slots.freeForInvocations
        if free > 0, !maybeReady.isEmpty { wants = rotation.wants(candidates(), slots: free) }
        guard !wants.isEmpty || !isDueLookedAt else { return }
        isClaiming = true
        isDueLookedAt = true
        let kept = wants.map { (index: registry[$0.function]!.index, count: $0.invocationsMax) }
        for (index, count) in kept { slots.take(count, of: index) }
        let claim = Claim(wants: wants, invocationsMax: free, now: clock())
        journal.add(.claim(claim)) { [self] answer in
            isClaiming = false
            for (index, count) in kept { slots.giveBack(count, of: index) }
            claimed(answer)
        }
    }

    private func canStart(_ function: Registry.Function) -> Bool {
        !isDraining && slots.room(of: function.index) > 0 && !maybeReady.contains(function.number)
    }

    private func candidates() -> [Rotation.Candidate] {
        maybeReady.compactMap { number in
            registry[number].map {
                Rotation.Candidate(
                    function: number, weight: $0.policies.priority.weight, room: slots.room(of: $0.index))
            }
        }
    }

    private func begin(_ recorded: Recorded, _ event: NewEvent, _ owed: [Owed]) {
        ready(recorded.ready)
        guard !recorded.started.isEmpty else { return }
        let numbered = event.numbered(recorded.number)
        for started in recorded.started {
            let held = Held(
                invocation: InvocationNumber(event: recorded.number, ordinal: started.ordinal),
                lease: started.lease)
            begin(
                ClaimedInvocation(
                    held: held, function: owed[started.ordinal].function, event: numbered, runs: 1,
                    charged: 0, firstRunAt: nil, suspicion: .none))
        }
    }

    private func claimed(_ answer: Answer) {
        guard case .claimed(let claimed) = answer else {
            // The store can't claim now. It is asked again when something happens or time passes.
            return
        }
        for function in claimed.exhausted { maybeReady.remove(function) }
        ready(claimed.ready)
        nextDueAt = claimed.nextDueAt
        if let nextDueAt, nextDueAt <= clock() { due() }
        for invocation in claimed.invocations { begin(invocation) }
        if !maybeReady.isEmpty { changed() }
    }

    private func begin(_ claimed: ClaimedInvocation) {
        guard let function = registry[claimed.function] else {
            return submit(.release([claimed.held])) { _ in }
        }
        let work = Work(.invocation(claimed), function: function.index)
        takeSlot(for: work)
        begin(work)
    }
}
