import Contract
import Dispatching
import Invocations

extension World {
    /// The first fault that waits for one of these steps, where it can strike now.
    func takeTrouble(_ steps: Set<Step>, _ flight: Flight?) -> Plan.Trouble? {
        guard let host, !waiting.isEmpty else { return nil }
        let isCalm =
            !host.isBroken && uptime >= fullUntil && host.flights.allSatisfy { $0.trouble == nil }
        let place = waiting.firstIndex {
            steps.contains($0.step) && (isCalm || $0.fault.isEnd)
                && canStrike($0.fault, flight, host)
        }
        return place.map { waiting.remove(at: $0) }
    }

    private func canStrike(_ fault: Fault, _ flight: Flight?, _ host: SimulatedHost) -> Bool {
        switch fault {
        case .killHost, .powerCut, .storeBusy, .diskFull, .ioError, .falseFailure, .secondForward,
            .secondBack, .hourForward, .hourBack, .dayForward, .dayBack, .clockChange:
            true
        case .workerCrash, .hang, .garbage: !host.runner.running.isEmpty
        case .duplicateOutcome, .lateOutcome:
            model.rows.values.contains { $0.state == .running }
        case .duplicatePublish: !recentKeyed.isEmpty
        case .changedRead: host.runner.running.values.contains { !$0.reads.isEmpty }
        }
    }

    /// What goes wrong while a page is on its way; false where the page is done with.
    nonisolated(nonsending) func strike(
        _ trouble: Plan.Trouble, _ flight: Flight, _ host: SimulatedHost
    ) async throws(Violation) -> Bool {
        let phase = chance.below(3, .phase, UInt64(flight.number))
        switch trouble.fault {
        case .killHost, .powerCut:
            let changes = flight.open.map { flight.page.changes[$0] }
            if phase == 0, !host.isBroken, uptime >= fullUntil {
                try await apply(flight)
            } else if trouble.fault == .killHost || breach != nil {
                try await take(changes, askedAt: flight.askedAt, isCutShort: true)
            }
            if trouble.fault == .powerCut {
                let share = chance.share(.phase, UInt64(flight.number), 1)
                await disk.losePower(during: phase == 0 ? [] : changes, share: share)
            }
            killHost("\(trouble.fault)")
            return false
        case .ioError, .falseFailure:
            if trouble.fault == .falseFailure { try await apply(flight) }
            breakStore(host)
            // What was applied is not answered so: the writer itself does not know better.
            for place in flight.page.changes.indices {
                flight.keep(.refused(.broken("a simulated sync failed")), at: place)
            }
            answerLater(flight)
            return false
        case .duplicateOutcome:
            try await apply(flight)
            try await repeatOutcomes(of: flight, host)
            answerLater(flight)
            return false
        case .lateOutcome:
            endLate(flight, host)
            return false
        case .duplicatePublish:
            try await apply(flight)
            publishAgain()
            let firings = flight.page.changes.filter { $0.step == .fire }
            if !firings.isEmpty { try await commitAside(firings) }
            answerLater(flight)
            return false
        case .changedRead:
            try await strikeReads(host)
            return true
        case .workerCrash, .hang, .garbage, .storeBusy, .diskFull, .secondForward, .secondBack,
            .hourForward, .hourBack, .dayForward, .dayBack, .clockChange:
            strike(trouble.fault, host)
            return true
        }
    }

    /// What goes wrong beside the pages.
    func strike(_ fault: Fault, _ host: SimulatedHost) {
        if let step = fault.stepMilliseconds {
            setClock(by: step)
            // Nothing fires before the clock is where it was; every second time somebody sets it
            // right, and a day is too long for a run to wait for.
            let isSetRight = fault == .dayBack || chance.below(2, .fault, UInt64(uptime), 1) == 0
            if step < 0, isSetRight { outside(600_000, .clockIsSet(-step)) }
            return
        }
        switch fault {
        case .workerCrash: crashWorker(host)
        case .hang, .garbage:
            guard let attempt = host.runner.inOrder.last?.attempt else { return }
            host.runner.doom(attempt, fault == .hang ? .hangs : .reportsGarbage)
        case .storeBusy: holdUp(for: 1_000, .storeLocked)
        case .diskFull: holdUp(for: 30_000, .diskFull)
        case .ioError, .falseFailure: breakStore(host)
        case .duplicatePublish: publishAgain()
        case .killHost, .powerCut, .duplicateOutcome, .lateOutcome, .changedRead, .secondForward,
            .secondBack, .hourForward, .hourBack, .dayForward, .dayBack, .clockChange:
            preconditionFailure("\(fault) is seen to where it strikes")
        }
    }

    /// The store takes nothing for a while.
    private func holdUp(for milliseconds: Int64, _ refusal: Refusal) {
        fullUntil = uptime + milliseconds
        heldUpBy = refusal
        disturb(for: milliseconds)
    }

    /// A person sees that the store writes no more, and starts the host anew.
    private func breakStore(_ host: SimulatedHost) {
        host.isBroken = true
        note("the store writes no more")
        later(6_000, .restart)
    }

    // MARK: outcomes

    /// An outcome comes again: from the worker where it runs, to the store where it is committed.
    private nonisolated(nonsending) func repeatOutcomes(
        of flight: Flight, _ host: SimulatedHost
    ) async throws(Violation) {
        let settlings = flight.page.changes.filter {
            if case .settle = $0 { true } else { false }
        }
        try await commitAside(settlings)
        tellTwice(host)
    }

    /// What is said of an attempt that has ended is not heard.
    func tellTwice(_ host: SimulatedHost) {
        guard let (attempt, running) = host.runner.inOrder.first else { return }
        var again = running
        again.ending = .failed(error: "said twice", retryAfter: nil)
        end(attempt)
        guard host.runner.running[attempt] == nil else { return }
        tell(again, host)
    }

    /// The host ends, and what it had to say comes when the next one has begun.
    private func endLate(_ flight: Flight, _ host: SimulatedHost) {
        var late = flight.page.changes.filter {
            if case .settle = $0 { true } else { false }
        }
        if late.isEmpty,
            let row = model.rows.values.filter({ $0.state == .running }).min(by: {
                $0.number < $1.number
            })
        {
            late = [.settle(lateSettling(row))]
        }
        self.late = late
        killHost("late outcome")
    }

    private func lateSettling(_ row: Model.Row) -> Settling {
        let ending = Ending(
            outcome: .succeeded, settlement: .succeeded, beganAt: now, endedAt: now)
        let write = DocumentWrite.merge(
            path: "done/late-\(row.number)", patch: Array("{}".utf8),
            operations: [.increment(member: "n", by: 1)])
        return Settling(
            held: Held(invocation: InvocationNumber(row.number), lease: Lease(row.lease)),
            ending: ending, effects: Effects(writes: [write], origin: Origin(now: now)))
    }

    // MARK: others

    private func publishAgain() {
        for action in recentKeyed.suffix(2) { outside(0, .act(action)) }
    }

    /// Somebody writes what handlers have read and not committed yet.
    nonisolated(nonsending) func strikeReads(
        _ host: SimulatedHost
    ) async throws(Violation) {
        let paths = Set(host.runner.running.values.flatMap(\.reads).map(\.path)).sorted()
        let body = Array("{\"n\":\(uptime % 1_000)}".utf8)
        let writes = paths.map { ConditionalWrite(.put(path: $0, body: body)) }
        try await commitAside([.write(Writing(writes, origin: Origin(now: now)))])
    }

    /// A worker dies: one of what runs is named, or nobody is.
    private func crashWorker(_ host: SimulatedHost) {
        let inside = host.runner.inOrder.prefix(4)
        let names = chance.below(2, .phase, UInt64(uptime)) == 0
        for (place, one) in inside.enumerated() {
            guard var running = host.runner.take(one.attempt) else { continue }
            let outcome: Outcome =
                names && place == 0 || inside.count == 1
                ? .crashed(error: "signal 6")
                : .interrupted(names ? .neighbour : .suspected)
            running.ending = outcome
            tell(running, host)
        }
    }

    // MARK: the change of the clock

    /// The disk becomes slow, so that everything is under way when the clock changes.
    func beginClockChange() {
        renamesStalledUntil = Plan.changeMilliseconds + 500
        outside(Plan.changeMilliseconds - 4_000 - uptime, .clockWillChange)
    }

    func stallForClockChange() {
        prune()
        stalledUntil = Plan.changeMilliseconds + 500
        outside(Plan.changeMilliseconds + 200 - uptime, .clockChanged)
    }
}
