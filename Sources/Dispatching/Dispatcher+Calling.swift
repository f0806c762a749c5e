import Contract
import DequeModule
import Invocations

extension Dispatcher {
    /// How long a call waits for a slot.
    package static let callWait = Duration.seconds(10)

    /// Runs a call as soon as a slot is free; the caller is answered once.
    package func call(_ call: Call) {
        guard let function = registry[call.function] else { preconditionFailure("a route has its function") }
        counts.calls += 1
        let work = Work(.call(call), function: function.index)
        if !isDraining, slots.hasRoomForCall(of: function.index) {
            takeSlot(for: work)
            return begin(work)
        }
        var waiting = call
        waiting.waitsUntil = clock() + Self.callWait
        work.kind = .call(waiting)
        var line = waitingCalls[function.index] ?? []
        guard !isDraining, line.count < limits.waitingCallsMax else {
            counts.callsWithoutSlot += 1
            return call.answered(.noSlot)
        }
        line.append(work)
        waitingCalls[function.index] = line
    }

    /// Looks at what waited too long; once a second or so.
    package func tick() {
        let now = clock()
        for (function, line) in waitingCalls {
            var line = line
            while let work = line.first, case .call(let call) = work.kind, call.waitsUntil <= now {
                line.removeFirst()
                counts.callsWithoutSlot += 1
                call.answered(.noSlot)
            }
            waitingCalls[function] = line.isEmpty ? nil : line
        }
        if let nextDueAt, nextDueAt <= now { due() }
    }

    func beginWaitingCalls() {
        for function in waitingCalls.keys {
            while slots.hasRoomForCall(of: function), let work = waitingCalls[function]?.popFirst() {
                takeSlot(for: work)
                begin(work)
            }
            if waitingCalls[function]?.isEmpty == true { waitingCalls[function] = nil }
        }
    }

    /// Answers a call whose attempt ended, committing first what has to be.
    func concludeCall(_ work: Work, _ call: Call, _ end: AttemptEnd) {
        let report = end.report
        switch report.outcome {
        case .succeeded, .rejected: commitCall(work, call, end)
        case .failed, .timedOut, .crashed:
            endTurn(of: work)
            recordDroppable(call, end, .dead(reason: report.outcome.error ?? report.outcome.name))
            call.answered(.failed(report.outcome))
        case .conflicted(let paths): rerun(work, lostOn: paths)
        case .interrupted(let reason): callInterrupted(work, call, end, reason)
        }
    }

    private func commitCall(_ work: Work, _ call: Call, _ end: AttemptEnd) {
        let report = end.report
        let succeeded = report.outcome == .succeeded
        let effects: Effects
        do throws(EffectError) {
            effects = try plan(succeeded ? report.effects : [], of: work, reads: report.reads)
        } catch {
            return concludeCall(work, call, end.failed("\(error)"))
        }
        let checksReads = !succeeded && !report.reads.isEmpty
        guard !effects.isEmpty || call.key != nil || checksReads else {
            endTurn(of: work)
            if !succeeded { recordDroppable(call, end, .cancelled) }
            return answer(call, end)
        }
        let settlement = succeeded ? Settlement.succeeded : .cancelled
        let conclusion = Conclusion(
            event: call.event, function: call.function, runs: call.runs,
            ending: end.ending(settlement), effects: effects, response: storedResponse(call, report))
        submit(.conclude(conclusion)) { [self] answer in committed(answer, work, call, end) }
    }

    private func committed(_ answer: Answer, _ work: Work, _ call: Call, _ end: AttemptEnd) {
        switch answer {
        case .concluded(let concluded):
            endTurn(of: work)
            ready(concluded.ready)
            self.answer(call, end)
        case .refused(.conflicted(let paths)): rerun(work, lostOn: paths)
        case .refused(.answered(let stored)):
            endTurn(of: work)
            call.answered(.replay(stored))
        case .refused(let refusal):
            endTurn(of: work)
            call.answered(.refused(refusal))
        default: preconditionFailure("a conclusion is concluded or refused")
        }
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
        endTurn(of: work)
        guard call.mayRunAgain, !work.wasRunAgain, reason != .drained else {
            return call.answered(.failed(end.report.outcome))
        }
        var again = call
        again.runs += 1
        work.kind = .call(again)
        work.wasRunAgain = reason == .suspected
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
