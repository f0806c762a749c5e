import Contract
package import Invocations

extension Dispatcher {
    /// An attempt ended; of one that is not known any more nothing is heard.
    package func ended(_ end: AttemptEnd) {
        guard let work = attempts.removeValue(forKey: end.attempt) else { return }
        var end = end
        note(end.report.outcome, work)
        if let lost = lostTurns(work, end.report) { end.report.outcome = .conflicted(paths: lost) }
        finished(work)
        switch work.kind {
        case .invocation(let claimed): settle(work, claimed, end)
        case .call(let call):
            concludeCall(work, call, end)
        }
    }

    /// Runs `work` again as soon as there is room, without asking the store.
    func runAgain(_ work: Work) {
        if slots.hasRoomForCall(of: work.function) {
            takeSlot(for: work)
            begin(work)
        } else {
            waitingCalls[work.function, default: []].prepend(work)
        }
    }

    /// Takes the work's turn at every document that it lost on so far, then runs it again.
    func rerun(_ work: Work, lostOn paths: [String]) {
        counts.conflicted += 1
        endTurn(of: work)
        work.lost.formUnion(paths)
        if case .call(var call) = work.kind {
            guard call.runs < limits.runsMax else {
                return call.answered(.failed(.conflicted(paths: paths)))
            }
            call.runs += 1
            work.kind = .call(call)
        }
        lastTicket += 1
        let ticket = DocumentTurns.Ticket(order: work.order, serial: lastTicket)
        work.ticket = ticket
        if turns.take(work.lost, ticket) { return runAgain(work) }
        waitingForTurn[ticket] = work
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
        return try EffectPlan(registry: registry, limits: limits).plan(
            effects, reads: reads, cause: EffectPlan.Cause(event: work.event, invocation: work.invocationID),
            now: clock())
    }

    private func settle(_ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd) {
        var end = end
        var effects = Effects()
        switch end.report.outcome {
        case .succeeded:
            do throws(EffectError) {
                effects = try plan(end.report.effects, of: work, reads: end.report.reads)
            } catch {
                end = end.failed("\(error)")
            }
        case .rejected: effects = Effects(reads: end.report.reads)
        case .failed, .timedOut, .crashed, .conflicted, .interrupted:
            if work.isCancelled { end.report.outcome = .interrupted(.cancelled) }
        }
        let settlement = decide(work, claimed, end)
        let settling = Settling(held: claimed.held, ending: end.ending(settlement), effects: effects)
        submit(.settle(settling)) { [self] answer in settled(answer, work, claimed, end, settlement) }
    }

    private func decide(_ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd) -> Settlement {
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
            ready(settled.ready)
            if let dueAt = settled.dueAt { nextDueAt = min(nextDueAt ?? dueAt, dueAt) }
            notice(claimed, end, settlement)
            if let lease = settled.renewed { return runRenewed(work, claimed, lease, end) }
            endTurn(of: work)
        case .refused(.conflicted(let paths)):
            var lost = end
            lost.report = Report(
                outcome: .conflicted(paths: paths), beganAt: end.report.beganAt, duration: end.report.duration)
            settle(work, claimed, lost)
        case .refused(let refusal): refused(refusal, work, claimed, end)
        default: preconditionFailure("a settling is settled or refused")
        }
    }

    private func refused(
        _ refusal: Refusal, _ work: Work, _ claimed: ClaimedInvocation, _ end: AttemptEnd
    ) {
        switch refusal {
        case .backlogFull, .unmergeable: settle(work, claimed, end.failed("\(refusal)"))
        case .leaseLost, .broken, .diskFull, .overloaded, .answered, .versionMismatch, .unknownInvocation,
            .isRunning, .isFinished, .conflicted:
            // What could not be committed is still owed: a later host finds it running and frees it.
            endTurn(of: work)
            watchers[claimed.held.invocation] = nil
        }
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
        rerun(work, lostOn: paths)
    }

    private func notice(_ claimed: ClaimedInvocation, _ end: AttemptEnd, _ settlement: Settlement) {
        guard !watchers.isEmpty, settlement != .rerun,
            let watcher = watchers.removeValue(forKey: claimed.held.invocation)
        else { return }
        watcher(
            Notice(outcome: end.report.outcome, settlement: settlement, response: end.report.response))
    }

    /// The documents at which somebody else has the turn, or nil where the attempt may commit.
    private func lostTurns(_ work: Work, _ report: Report) -> [String]? {
        let commits: Bool
        switch report.outcome {
        case .succeeded: commits = !report.effects.isEmpty
        case .rejected: commits = true
        case .failed, .timedOut, .crashed, .conflicted, .interrupted: commits = false
        }
        guard commits, !report.reads.isEmpty else { return nil }
        let lost = report.reads.lazy.map(\.path).filter { self.turns.isHeld([$0], byOtherThan: work.ticket) }
        return lost.isEmpty ? nil : Array(lost)
    }

    private func note(_ outcome: Outcome, _ work: Work) {
        switch outcome {
        case .succeeded: counts.succeeded += 1
        case .rejected: counts.rejected += 1
        case .failed: counts.failed += 1
        case .timedOut: counts.timedOut += 1
        case .crashed:
            counts.crashed += 1
            quarantine.note(registry.functions[work.function].number, at: clock())
        case .conflicted: break
        case .interrupted: counts.interrupted += 1
        }
    }
}
