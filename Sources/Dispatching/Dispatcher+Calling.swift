import Contract
import Invocations

extension Dispatcher {
    /// How long a call waits for a slot.
    package static let callWait = Duration.seconds(10)

    /// Runs a call as soon as a slot is free; the caller is answered once.
    package func call(_ call: Call) {
        guard let function = registry[call.function] else { preconditionFailure("a route has its function") }
        counts.calls += 1
        let work = Work(.call(call), function: function.index, behind: newest)
        if !isDraining, hasRoomForCall(of: function.index) {
            takeSlot(for: work)
            return begin(work)
        }
        guard !isDraining, waitingCalls.count(of: function.index) < limits.waitingCallsMax else {
            return answerWithoutSlot([work])
        }
        work.waitsUntil = clock() + Self.callWait
        waitingCalls.append(work)
    }

    /// Looks at what waited too long, and again for what could not be had; once a second or so.
    package func tick() {
        let now = clock()
        let late = waitingCalls.removeAll { $0.waitsUntil <= now }
            + waitingAgain.removeAll { $0.waitsUntil <= now } + takeAlone { $0.waitsUntil <= now }
        for work in late {
            leave(work)
            endTurn(of: work)
        }
        isClaimFutile = false
        freed()
        if let nextDueAt, nextDueAt <= now { due() } else if !isDueLookedAt { changed() }
        answerWithoutSlot(late)
    }

    /// Begins what waits for a slot, as far as there is room: what ran before first.
    func beginWaiting() {
        while let work = waitingAgain.popFirst(where: { self.slots.hasRoomToGoOn(of: $0) }) {
            takeSlot(for: work)
            begin(work)
        }
        while let work = waitingCalls.popFirst(where: { self.hasRoomForCall(of: $0) }) {
            takeSlot(for: work)
            begin(work)
        }
    }

    /// Takes out of the line for quarantine what `isTaken` names.
    func takeAlone(where isTaken: (Work) -> Bool) -> [Work] {
        guard waitingAlone.contains(where: isTaken) else { return [] }
        let taken = waitingAlone.filter(isTaken)
        waitingAlone.removeAll(where: isTaken)
        return Array(taken)
    }

    /// Tells callers that there was no slot in time; what else is among `works` is not touched.
    func answerWithoutSlot(_ works: [Work]) {
        for case .call(let call) in works.lazy.map(\.kind) {
            counts.callsWithoutSlot += 1
            call.answered(.noSlot)
        }
    }

    private func hasRoomForCall(of function: Int) -> Bool {
        guard slots.hasRoomForCall(of: function) else { return false }
        return !isApart(function) || slots.inUse(of: function) < limits.quarantineWorkersMax
    }

    /// Answers a call whose attempt ended, committing first what has to be.
    func concludeCall(_ work: Work, _ call: Call, _ end: AttemptEnd) {
        let report = end.report
        switch report.outcome {
        case .succeeded, .rejected: commitCall(work, call, end)
        case .failed, .timedOut, .crashed:
            note(report.outcome)
            endTurn(of: work)
            recordDroppable(call, end, .dead(reason: report.outcome.error ?? report.outcome.name))
            call.answered(.failed(report.outcome))
        case .conflicted(let paths): rerunCall(work, call, end, lostOn: paths)
        case .interrupted(let reason): callInterrupted(work, call, end, reason)
        }
    }

    private func commitCall(_ work: Work, _ call: Call, _ end: AttemptEnd) {
        let report = end.report
        let succeeded = report.outcome == .succeeded
        let effects: Effects
        do throws(EffectError) {
            try check(report.response, of: call)
            effects = try plan(succeeded ? report.effects : [], of: work, reads: report.reads)
        } catch {
            return concludeCall(work, call, end.failed("\(error)"))
        }
        let checksReads = !succeeded && !report.reads.isEmpty
        guard !effects.isEmpty || call.key != nil || checksReads else {
            note(report.outcome)
            endTurn(of: work)
            if !succeeded { recordDroppable(call, end, .cancelled) }
            return answer(call, end)
        }
        let settlement = succeeded ? Settlement.succeeded : .cancelled
        let conclusion = Conclusion(
            event: call.event, function: call.function, runs: call.runs,
            ending: end.ending(settlement), effects: effects, response: storedResponse(call, report))
        submit(.conclude(conclusion)) { [self] answer in
            if case .concluded = answer { waits(for: effects.records) }
            committed(answer, work, call, end)
        }
    }

    private func check(_ response: ResponseData?, of call: Call) throws(EffectError) {
        guard let key = call.key, case .whole(let body) = response?.body else { return }
        guard body.count <= key.responseBytesMax else { throw .responseBytes(max: key.responseBytesMax) }
    }

    private func committed(_ answer: Answer, _ work: Work, _ call: Call, _ end: AttemptEnd) {
        switch answer {
        case .concluded(let concluded):
            note(end.report.outcome)
            endTurn(of: work)
            ready(concluded.ready)
            self.answer(call, end)
        case .refused(.conflicted(let paths)): rerunCall(work, call, end, lostOn: paths)
        case .refused(.unmergeable) where end.report.outcome == .succeeded:
            if case .refused(let refusal) = answer { concludeCall(work, call, end.failed("\(refusal)")) }
        case .refused(let refusal):
            note(.interrupted(.leaseLost))
            endTurn(of: work)
            if case .answered(let stored) = refusal { return call.answered(.replay(stored)) }
            call.answered(.refused(refusal))
        default: preconditionFailure("a conclusion is concluded or refused")
        }
    }

    private func rerunCall(_ work: Work, _ call: Call, _ end: AttemptEnd, lostOn paths: [String]) {
        let outcome = Outcome.conflicted(paths: paths)
        note(outcome)
        guard call.runs < limits.runsMax else {
            endTurn(of: work)
            var lost = end
            lost.report = Report(
                outcome: outcome, beganAt: end.report.beganAt, duration: end.report.duration)
            recordDroppable(call, lost, .dead(reason: "ran \(call.runs) times in all, which is the most"))
            return call.answered(.failed(outcome))
        }
        var again = call
        again.runs += 1
        work.kind = .call(again)
        rerun(work, lostOn: paths)
    }

    private func answer(_ call: Call, _ end: AttemptEnd) {
        let response = end.report.response ?? ResponseData(status: 204)
        switch response.body {
        case .whole: call.answered(.response(response, bodyOf: nil))
        case .long, .streamed: call.answered(.response(response, bodyOf: end.attempt))
        }
    }

    private func storedResponse(_ call: Call, _ report: Report) -> StoredResponse? {
        guard let key = call.key else { return nil }
        let response = report.response ?? ResponseData(status: 204)
        guard case .whole(let body) = response.body else {
            preconditionFailure("the body of a call with a key was gathered")
        }
        return StoredResponse(
            keyHash: key.hash, fingerprint: key.fingerprint, status: response.status,
            fields: response.fields, body: body, expiresAt: key.expiresAt)
    }

    private func callInterrupted(
        _ work: Work, _ call: Call, _ end: AttemptEnd, _ reason: Interruption
    ) {
        note(end.report.outcome)
        endTurn(of: work)
        guard call.mayRunAgain, !work.wasRunAgain, reason.isOfTheWorker else {
            recordDroppable(call, end, .cancelled)
            return call.answered(.failed(end.report.outcome))
        }
        var again = call
        again.runs += 1
        work.kind = .call(again)
        work.wasRunAgain = true
        work.isSuspect = reason == .suspected
        runAgain(work)
    }

    /// Nothing was promised about it: under pressure it is dropped and counted.
    private func recordDroppable(_ call: Call, _ end: AttemptEnd, _ settlement: Settlement) {
        guard journal.count < limits.storeQueueChangesMax / 4 else {
            counts.droppedRecords += 1
            return
        }
        let conclusion = Conclusion(
            event: call.event, function: call.function, runs: call.runs, ending: end.ending(settlement),
            effects: Effects())
        submit(.conclude(conclusion)) { [self] answer in
            if case .refused = answer { counts.droppedRecords += 1 }
        }
    }
}

extension Interruption {
    /// True where the worker was lost, by no order of ours.
    fileprivate var isOfTheWorker: Bool {
        switch self {
        case .neighbour, .suspected, .workerUnavailable: true
        case .drained, .cancelled, .host, .leaseLost: false
        }
    }
}

extension AttemptEnd {
    /// The same end, failed for what the host found.
    func failed(_ error: String) -> AttemptEnd {
        var end = self
        end.report.outcome = .failed(error: error, retryAfter: nil)
        end.report.effects = []
        end.report.response = nil
        return end
    }

    func ending(_ settlement: Settlement, note: String? = nil) -> Ending {
        Ending(
            outcome: report.outcome, settlement: settlement, beganAt: report.beganAt,
            endedAt: report.beganAt + report.duration, worker: worker, note: note)
    }
}
