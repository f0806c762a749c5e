import Contract
package import Invocations

extension Dispatcher {
    /// An attempt ended; of one that is not known any more nothing is heard.
    package func ended(_ end: AttemptEnd) {
        guard let work = attempts.removeValue(forKey: end.attempt) else {
            return discardFiles(of: end)
        }
        durations[work.function].add(end.report.duration)
        var end = end
        if case .crashed = end.report.outcome {
            quarantine.note(registry.functions[work.function].number, at: clock())
        }
        if let lost = lostTurns(work, end.report) {
            discardFiles(of: end)
            end.report.outcome = .conflicted(paths: lost)
        }
        finished(work)
        switch work.kind {
        case .invocation(let claimed): settle(work, claimed, end)
        case .call(let call): concludeCall(work, call, end)
        }
    }

    /// Runs `work` again as soon as there is room, without asking the store.
    func runAgain(_ work: Work) {
        guard !isStopped else { return giveUp([work]) }
        // It ran, and waits anew: for a slot, or for a worker.
        if case .call = work.kind { work.waitsUntil = clock() + Self.callWait }
        if slots.hasRoomToGoOn(of: work.function) {
            takeSlot(for: work)
            return begin(work)
        }
        setBetween(work)
        waitingAgain.append(work)
    }

    /// Takes the work's turn at every document that it lost on so far, then runs it again.
    func rerun(_ work: Work, lostOn paths: [String]) {
        endTurn(of: work)
        work.lost.formUnion(paths)
        if work.serial == nil {
            lastTicket += 1
            work.serial = lastTicket
        }
        let ticket = DocumentTurns.Ticket(order: work.order, serial: work.serial ?? lastTicket)
        work.ticket = ticket
        if turns.take(work.lost, ticket) { return runAgain(work) }
        setBetween(work)
        waitingForTurn[ticket] = work
    }

    private func setBetween(_ work: Work) {
        guard work.place == .none else { return }
        slots.beginWait(of: work.function)
        work.place = .between
    }

    /// The work's turns end with its attempt; whoever is next begins.
    func endTurn(of work: Work) {
        guard let ticket = work.ticket else { return }
        work.ticket = nil
        waitingForTurn[ticket] = nil
        for next in turns.end(ticket) {
            guard let waiting = waitingForTurn.removeValue(forKey: next) else { continue }
            runAgain(waiting)
        }
    }

    func plan(
        _ effects: [Effect], of work: Work, reads: [DocumentRead]
    ) throws(EffectError) -> Effects {
        guard !effects.isEmpty else { return Effects(reads: reads) }
        return try EffectPlan(
            registry: registry, limits: limits, scheduleMistake: scheduleMistake,
            fileMistake: fileMistake
        ).plan(
            effects, reads: reads,
            cause: EffectPlan.Cause(event: work.event, invocation: work.invocationID),
            now: clock())
    }

    func settle(_ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd) {
        var end = end
        var effects = Effects()
        switch end.report.outcome {
        case .succeeded:
            do throws(EffectError) {
                effects = try plan(end.report.effects, of: work, reads: end.report.reads)
            } catch {
                discardFiles(of: end)
                end = end.failed("\(error)")
            }
        case .rejected: effects = Effects(reads: end.report.reads)
        case .failed, .timedOut, .crashed, .conflicted, .interrupted:
            if work.isCancelled { end.report.outcome = .interrupted(.cancelled) }
        }
        let settlement = decide(work, claimed, end)
        var ending = end.ending(settlement)
        if claimed.event.kind == .request { ending.response = end.report.response }
        let settling = Settling(held: claimed.held, ending: ending, effects: effects)
        let ended = end
        let records = effects.records
        let plans = effects.plans
        let files = effects.files
        commitBegins(of: files)
        submit(.settle(settling)) { [self] answer in
            defer { commitEnded(of: files, answer) }
            guard case .settled(let done) = answer else {
                return settled(answer, work, claimed, ended, settlement)
            }
            waits(for: records)
            if !plans.isEmpty { planned(plans) }
            placed(done.placements, before: done.ready, records) { [self] in
                settled(answer, work, claimed, ended, settlement)
            }
        }
    }

    private func decide(_ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd) -> Settlement
    {
        Invocations.settle(
            end.report.outcome,
            AttemptSoFar(
                charged: claimed.charged, runs: claimed.runs,
                firstRunAt: claimed.firstRunAt ?? end.report.beganAt, chance: chance()),
            registry.functions[work.function].policies, runsMax: limits.runsMax, now: clock())
    }

    private func settled(
        _ answer: Answer, _ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd,
        _ settlement: Settlement
    ) {
        switch answer {
        case .settled(let settled):
            note(end.report.outcome)
            ready(settled.ready)
            if let dueAt = settled.dueAt { waits(until: dueAt) }
            notice(claimed, end, settlement)
            if let lease = settled.renewed { return runRenewed(work, claimed, lease, end) }
            if settlement.runsLater { cancelReturned(claimed.held.invocation) }
            forget(work, claimed)
        case .refused(.conflicted(let paths)) where end.report.outcome.commits:
            var lost = end
            lost.report = Report(
                outcome: .conflicted(paths: paths), beganAt: end.report.beganAt,
                duration: end.report.duration)
            settle(work, claimed, lost)
        case .refused(let refusal): refused(refusal, work, claimed, end)
        default: preconditionFailure("a settling is settled or refused")
        }
    }

    private func refused(
        _ refusal: Refusal, _ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd
    ) {
        switch refusal {
        case .backlogFull where end.report.outcome == .succeeded,
            .isDeclared where end.report.outcome == .succeeded,
            .unmergeable where end.report.outcome == .succeeded:
            settle(work, claimed, end.failed("\(refusal)"))
        case .leaseLost, .broken, .diskFull, .storeLocked, .overloaded, .answered,
            .versionMismatch, .unknownInvocation, .isRunning, .isFinished, .conflicted,
            .backlogFull, .unmergeable, .unknownSchedule, .isDeclared, .firedMeanwhile:
            // What could not be committed is still owed: a later host finds it running and frees it.
            note(.interrupted(.leaseLost))
            watchers[claimed.held.invocation] = nil
            forget(work, claimed)
        }
    }

    private func forget(_ work: Work, _ claimed: ClaimedInvocation) {
        if !stopping.isEmpty { stopping.remove(claimed.held.invocation) }
        endTurn(of: work)
    }

    private func runRenewed(
        _ work: Work, _ claimed: ClaimedInvocation, _ lease: Lease, _ end: AttemptEnd
    ) {
        guard case .conflicted(let paths) = end.report.outcome else {
            preconditionFailure("only a conflict renews a lease")
        }
        var next = claimed
        next.held.lease = lease
        next.runs += 1
        next.firstRunAt = claimed.firstRunAt ?? end.report.beganAt
        work.kind = .invocation(next)
        guard stopping.remove(next.held.invocation) == nil else { return cancelWaiting(work) }
        rerun(work, lostOn: paths)
    }

    private func notice(_ claimed: ClaimedInvocation, _ end: AttemptEnd, _ settlement: Settlement) {
        guard !watchers.isEmpty, settlement != .rerun,
            let watcher = watchers.removeValue(forKey: claimed.held.invocation)
        else { return }
        watcher(
            Notice(
                outcome: end.report.outcome, settlement: settlement, response: end.report.response))
    }

    /// The documents at which somebody else has the turn, or nil where the attempt may commit.
    private func lostTurns(_ work: Work, _ report: Report) -> [String]? {
        let commits =
            report.outcome.commits && (report.outcome != .succeeded || !report.effects.isEmpty)
        guard commits, !report.reads.isEmpty else { return nil }
        let lost = report.reads.lazy.map(\.path).filter {
            self.turns.isHeld([$0], byOtherThan: work.ticket)
        }
        return lost.isEmpty ? nil : Array(lost)
    }

    /// Counts an attempt once it is known what it came to.
    func note(_ outcome: Outcome) {
        switch outcome {
        case .succeeded: counts.succeeded += 1
        case .rejected: counts.rejected += 1
        case .failed: counts.failed += 1
        case .timedOut: counts.timedOut += 1
        case .crashed: counts.crashed += 1
        case .conflicted: counts.conflicted += 1
        case .interrupted: counts.interrupted += 1
        }
    }
}

extension Outcome {
    /// True where the store checks what the attempt read before it takes the end for what it is.
    fileprivate var commits: Bool {
        switch self {
        case .succeeded, .rejected: true
        case .failed, .timedOut, .crashed, .conflicted, .interrupted: false
        }
    }
}
