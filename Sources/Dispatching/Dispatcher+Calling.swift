import Contract
import Invocations

extension Dispatcher {
    /// How long a call waits for a slot.
    package static let callWait = Duration.seconds(10)

    /// Runs a call as soon as a slot is free; the caller is answered once.
    package func call(_ call: Call) {
        guard let function = registry[call.function] else {
            preconditionFailure("a route has its function")
        }
        counts.calls += 1
        let work = Work(.call(call), function: function.index, behind: newest)
        if !isDraining, hasRoomForCall(of: function.index) {
            takeSlot(for: work)
            return begin(work)
        }
        guard !isDraining, waitingCalls.count(of: function.index) < limits.waitingCallsMax else {
            return answerWithoutSlot([work])
        }
        waitingCalls.append(work)
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
        if succeeded, call.key == nil, report.effects.isEmpty {
            // Most calls leave nothing behind.
            note(.succeeded)
            endTurn(of: work)
            return answer(call, end)
        }
        let effects: Effects
        do throws(EffectError) {
            try check(report.response, of: call)
            effects = try plan(succeeded ? report.effects : [], of: work, reads: report.reads)
        } catch {
            dropBody(end)
            discardFiles(of: end)
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
            ending: end.ending(settlement), effects: effects, response: storedResponse(call, report)
        )
        commitBegins(of: effects.files)
        submit(.conclude(conclusion)) { [self] answer in
            defer { commitEnded(of: effects.files, answer) }
            guard case .concluded(let done) = answer else {
                return committed(answer, work, call, end)
            }
            waits(for: effects.records)
            if !effects.plans.isEmpty { planned(effects.plans) }
            placed(done.placements, before: done.ready, effects.records) { [self] in
                committed(answer, work, call, end)
            }
        }
    }

    private func check(_ response: ResponseData?, of call: Call) throws(EffectError) {
        guard let key = call.key, case .whole(let body) = response?.body else { return }
        guard body.count <= key.responseBytesMax else {
            throw .responseBytes(max: key.responseBytesMax)
        }
    }

    private func committed(_ answer: Answer, _ work: Work, _ call: Call, _ end: AttemptEnd) {
        switch answer {
        case .concluded(let concluded):
            note(end.report.outcome)
            endTurn(of: work)
            ready(concluded.ready)
            self.answer(call, end)
        case .refused(.conflicted(let paths)): rerunCall(work, call, end, lostOn: paths)
        case .refused(let refusal):
            dropBody(end)
            if refusal.isOfTheHandler, end.report.outcome == .succeeded {
                return concludeCall(work, call, end.failed("\(refusal)"))
            }
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
        dropBody(end)
        guard call.runs < limits.runsMax else {
            endTurn(of: work)
            var lost = end
            lost.report = Report(
                outcome: outcome, beganAt: end.report.beganAt, duration: end.report.duration)
            recordDroppable(
                call, lost, .dead(reason: "ran \(call.runs) times in all, which is the most"))
            return call.answered(.failed(outcome))
        }
        call.runs += 1
        rerun(work, lostOn: paths)
    }

    private func answer(_ call: Call, _ end: AttemptEnd) {
        let response = end.report.response ?? ResponseData(status: 204)
        switch response.body {
        case .whole: call.answered(.response(response, bodyOf: nil))
        case .long, .streamed: call.answered(.response(response, bodyOf: end.attempt))
        }
    }

    /// What the handler answered is not sent: its worker need not keep the rest.
    private func dropBody(_ end: AttemptEnd) {
        switch end.report.response?.body {
        case .long, .streamed: runner.dropBody(of: end.attempt)
        case .whole, nil: break
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
        call.runs += 1
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
            event: call.event, function: call.function, runs: call.runs,
            ending: end.ending(settlement),
            effects: Effects())
        submit(.conclude(conclusion)) { [self] answer in
            if case .refused = answer { counts.droppedRecords += 1 }
        }
    }
}

extension Refusal {
    /// True where what the handler asked for can't be done.
    fileprivate var isOfTheHandler: Bool {
        switch self {
        case .unmergeable, .isDeclared: true
        default: false
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
