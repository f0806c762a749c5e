import Contract
import Invocations

extension Dispatcher {
    /// Looks at what waited too long, and again for what could not be had; once a second or so.
    package func tick() {
        let now = clock()
        let late =
            waitingCalls.removeAll { $0.waitsUntil <= now }
            + waitingAgain.removeAll { $0.waitsUntil <= now } + takeAlone { $0.waitsUntil <= now }
            + takeBack { $0.waitsUntil <= now }
        for work in late {
            leave(work)
            endTurn(of: work)
        }
        isClaimFutile = false
        beginAlone()
        freed()
        stepBack()
        if let nextDueAt, nextDueAt <= now { due() } else if !isDueLookedAt { changed() }
        answerWithoutSlot(late)
    }

    /// The wall clock was set back: what waits a time from now on still waits as long.
    package func steppedBack(_ step: Duration) {
        quarantine.stepBack(step)
        let waiting = waitingCalls.all + waitingAgain.all + waitingAlone
        // What is under way may wait for a worker.
        for work in waiting + attempts.values where work.waitsUntil != .distantFuture {
            work.waitsUntil = work.waitsUntil - step
        }
        stepsBack.append(StepBack(step, rowsMax: Self.stepBackRowsMax))
        stepBack()
    }

    /// Goes on with the first step of the clock, if nobody does; the next one waits for its end.
    private func stepBack() {
        guard !isSteppingBack, let first = stepsBack.first else { return }
        isSteppingBack = true
        submit(.stepBack(first)) { [self] answer in
            isSteppingBack = false
            due()
            // What is refused is tried again when time passes.
            guard case .steppedBack(let done) = answer else { return }
            if let next = done.next { stepsBack[0] = next } else { stepsBack.removeFirst() }
            stepBack()
        }
    }

    /// So many rows are written in a few milliseconds.
    private static let stepBackRowsMax = 500

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

    /// Takes back from the runner what waits for a worker and `isTaken` names.
    func takeBack(where isTaken: (Work) -> Bool) -> [Work] {
        runner.takeBack { attempts[$0].map(isTaken) ?? false }.compactMap { attempt in
            guard let work = attempts.removeValue(forKey: attempt) else { return nil }
            if work.place == .apart { alone -= 1 }
            return work
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

    /// True when a caller can be served now; of a function that runs apart, a few at once.
    func hasRoomForCall(of function: Int) -> Bool {
        guard slots.hasRoomForCall(of: function) else { return false }
        return !isApart(function) || slots.inUse(of: function) < limits.quarantineWorkersMax
    }
}
