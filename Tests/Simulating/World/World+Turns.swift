import Contract
import Dispatching
import Invocations

/// What the engine of a real host does: pages to the store and back, ticks, what is due.
extension World {
    /// The end of a turn of the loop: the dispatcher's changes leave as one page.
    func endTurn() {
        guard let host else { return }
        while isAsked {
            isAsked = false
            guard let page = host.dispatcher.takePage() else { break }
            send(page, of: host)
        }
        if host.dueAt != host.dispatcher.nextDueAt {
            host.dueAt = host.dispatcher.nextDueAt
            if let due = host.dueAt { lookDue(in: (due - now).milliseconds) }
        }
        let tick = uptime + (host.isBusy ? 1_000 : 60_000)
        if host.nextTickAt ?? .max > tick {
            host.nextTickAt = tick
            later(tick - uptime, .tick)
        }
    }

    private func send(_ page: Journal.Page, of host: SimulatedHost) {
        flightsSoFar += 1
        let flight = Flight(number: flightsSoFar, page: page, askedAt: now)
        host.flights.append(flight)
        flight.trouble = takeTrouble(flight.steps, flight)
        let number = UInt64(flight.number)
        let slow = chance.below(30, .latency, number) == 0 ? 400 : 12
        let at = uptime + 1 + Int64(chance.below(slow, .latency, number, 1))
        lastCommitAt = max(at, lastCommitAt, stalledUntil)
        later(lastCommitAt - uptime, .commit(flight))
    }

    // MARK: commits

    nonisolated(nonsending) func commit(_ flight: Flight) async throws(Violation) {
        guard let host else { return }
        if let trouble = flight.trouble {
            flight.trouble = nil
            table.note(trouble.fault, flight.steps)
            note("\(trouble.fault) meets \(flight.steps.map(\.rawValue).sorted())")
            guard try await strike(trouble, flight, host) else { return }
        }
        if host.isBroken { flight.refuse(.broken("a simulated disk failed")) }
        if uptime < fullUntil {
            flight.refuse(heldUpBy) { !$0.isKeptWhileFull }
            guard flight.open.isEmpty else { return later(fullUntil - uptime, .commit(flight)) }
        }
        try await apply(flight)
        answerLater(flight)
    }

    /// Takes what is open of a page to the store.
    nonisolated(nonsending) func apply(_ flight: Flight) async throws(Violation) {
        let places = flight.open
        guard !places.isEmpty else { return }
        var changes = places.map { flight.page.changes[$0] }
        if let breach { changes = changes.map { $0.said(by: breach, at: now) } }
        let answers = try await take(changes, askedAt: flight.askedAt)
        for (place, answer) in zip(places, answers) { flight.keep(answer, at: place) }
        if flight.number % 64 == 0 { try await compare() }
    }

    /// Commits changes and has the model look at each, in the order in which they were applied.
    @discardableResult
    nonisolated(nonsending) func take(
        _ changes: [Change], askedAt: Instant, isCutShort: Bool = false
    ) async throws(Violation) -> [Answer] {
        guard let answers = await commitToStore(changes, isCutShort: isCutShort) else { return [] }
        for isPruning in [false, true] {
            for (change, answer) in zip(changes, answers) where change.isPruning == isPruning {
                note(change.summary + (answer.refusal.map { ": refused, \($0)" } ?? ""))
                try model.observe(change, answer, askedAt: askedAt)
            }
        }
        if model.maybeForgotten != nil {
            try model.settlePruning(left: Set(try await list().map(\.number.rawValue)))
        }
        try await compareCounts()
        return answers
    }

    /// What reaches the store on another way than the dispatcher's.
    nonisolated(nonsending) func commitAside(_ changes: [Change]) async throws(Violation) {
        guard let host, !host.isBroken else { return }
        let answers = try await take(changes, askedAt: now)
        // Who reads the wake-ups of the store hears of it.
        if answers.contains(where: \.hasUnnamedReady) { host.dispatcher.lookAround() }
    }

    /// Answers come in the order of their commits, as to a loop.
    func answerLater(_ flight: Flight) {
        let at = uptime + Int64(chance.below(3, .latency, UInt64(flight.number), 2))
        lastAnswerAt = max(at, lastAnswerAt)
        later(lastAnswerAt - uptime, .answer(flight))
    }

    func answer(_ flight: Flight) {
        host?.flights.removeAll { $0 === flight }
        flight.deliver()
    }

    // MARK: time

    func tick() {
        guard let host, host.nextTickAt == uptime else { return }
        host.nextTickAt = nil
        host.ticks += 1
        let step = host.clockSteps.step(
            wall: now, uptimeNanoseconds: UInt64(uptime) * 1_000_000 + 1)
        if let step { host.dispatcher.steppedBack(step) }
        host.dispatcher.tick()
        if host.ticks % 5 == 0 { host.dispatcher.lookAround() }
        if host.ticks % 10 == 0 { prune() }
    }

    func prune() {
        guard let host, !host.isPruning else { return }
        host.isPruning = true
        let pruning = Pruning(
            historyBefore: now - limits.historyKept, deadBefore: now - limits.deadKept,
            historyBytesMax: limits.historyBytesMax, deadBytesMax: limits.deadBytesMax, now: now,
            timeMax: limits.pruneSlice)
        host.dispatcher.submit(.prune(pruning)) { _ in host.isPruning = false }
    }

    /// Looks whether something is due, in some milliseconds or before.
    func lookDue(in milliseconds: Int64) {
        let at = uptime + max(0, milliseconds)
        guard let host, host.nextDueLookAt ?? .max > at else { return }
        host.nextDueLookAt = at
        later(milliseconds, .due)
    }

    func lookDue() {
        guard let host, host.nextDueLookAt == uptime else { return }
        host.nextDueLookAt = nil
        guard let due = host.dispatcher.nextDueAt else { return }
        if due <= now { return host.dispatcher.due() }
        lookDue(in: (due - now).milliseconds)
    }
}

extension Change {
    var isPruning: Bool {
        if case .prune = self { true } else { false }
    }
}

extension Answer {
    var refusal: Refusal? {
        if case .refused(let refusal) = self { refusal } else { nil }
    }
}
