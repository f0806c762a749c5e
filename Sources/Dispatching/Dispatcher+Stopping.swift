package import Contract
package import Invocations

extension Dispatcher {
    /// Stops or goes on to run a function; what runs of it goes on.
    package func setPaused(
        _ isPaused: Bool, function: Registry.Function, answered: @escaping (Answer) -> Void
    ) {
        submit(.pause(function.number, isPaused: isPaused)) { [self] answer in
            if case .paused = answer {
                slots.setPaused(isPaused, function: function.index)
                if !isPaused {
                    ready([function.number])
                    freed()
                }
            }
            answered(answer)
        }
    }

    /// True when the function is paused.
    package func isPaused(_ function: Registry.Function) -> Bool { slots.isPaused(function.index) }

    /// Cancels by hand; what runs is asked to stop, and is cancelled when it has.
    package func cancel(_ selection: Selection, answered: @escaping (Answer) -> Void) {
        submit(.cancel(selection, now: clock())) { [self] answer in
            switch answer {
            case .selected(let selected):
                stop(selected.running)
                if case .one(let number) = selection, selected.count == 1 { wasCancelled(number) }
                ready(selected.ready)
            case .refused(.isRunning(let held)): stop([held])
            default: break
            }
            answered(answer)
        }
    }

    /// Cancels what was to stop, and went back to the store to run again.
    func cancelReturned(_ invocation: InvocationNumber) {
        guard !stopping.isEmpty, stopping.remove(invocation) != nil else { return }
        cancel(.one(invocation)) { _ in }
    }

    /// Tells whoever waits for an invocation that it was cancelled before it ran.
    ///
    /// A cancellation of one tells by itself; of many, the owner asks the store which they were.
    package func wasCancelled(_ invocation: InvocationNumber) {
        guard let watcher = watchers.removeValue(forKey: invocation) else { return }
        watcher(Notice(outcome: .interrupted(.cancelled), settlement: .cancelled))
    }

    /// Runs again by hand.
    package func retry(_ selection: Selection, answered: @escaping (Answer) -> Void) {
        submit(.retry(selection, now: clock())) { [self] answer in
            if case .selected(let selected) = answer { ready(selected.ready) }
            answered(answer)
        }
    }

    /// Begins nothing any more; what runs may end, and run again where it lost a document.
    package func drain() {
        beginNothing()
        // What ran before may have room by it.
        freed()
    }

    private func beginNothing() {
        isDraining = true
        giveUp(
            waitingCalls.removeAll { _ in true } + takeAlone { _ in true } + takeBack { _ in true })
    }

    /// Gives back, uncharged, all that has not ended; late ends are not heard.
    package func interruptAll() {
        beginNothing()
        isStopped = true
        let running = attempts.sorted { $0.key.rawValue < $1.key.rawValue }
        let waiting = waitingForTurn.sorted { $0.key < $1.key }.map(\.value)
        attempts = [:]
        waitingForTurn = [:]
        turns = DocumentTurns()
        giveUp(waiting + waitingAgain.removeAll { _ in true } + waitingForFiles)
        waitingForFiles = []
        let now = clock()
        for (attempt, work) in running { interrupt(attempt, work, now) }
    }

    /// Gives back what holds a lease and does not run, and tells callers that there was no slot.
    func giveUp(_ works: [Work]) {
        var held: [Held] = []
        for work in works {
            leave(work)
            endTurn(of: work)
            if case .invocation(let claimed) = work.kind { held.append(claimed.held) }
        }
        if !held.isEmpty { release(held) }
        answerWithoutSlot(works)
    }

    private func interrupt(_ attempt: AttemptNumber, _ work: Work, _ now: Instant) {
        let reason = work.isCancelled ? Interruption.cancelled : .drained
        let report = Report(outcome: .interrupted(reason), beganAt: now, duration: .zero)
        work.ticket = nil
        leave(work)
        note(report.outcome)
        switch work.kind {
        case .invocation(let claimed):
            let end = AttemptEnd(attempt: attempt, report: report, worker: 0)
            let settlement = work.isCancelled ? Settlement.cancelled : .again(suspect: false)
            let settling = Settling(held: claimed.held, ending: end.ending(settlement))
            submit(.settle(settling)) { [self] _ in cancelReturned(claimed.held.invocation) }
        case .call(let call): call.answered(.failed(report.outcome))
        }
    }

    /// Stops all of them, with one look at what runs; what waits for the room begins.
    private func stop(_ all: [Held]) {
        guard !all.isEmpty else { return }
        var places: [InvocationNumber: AttemptNumber] = [:]
        for (attempt, work) in attempts {
            if let invocation = work.invocation { places[invocation] = attempt }
        }
        for held in all { stop(held.invocation, at: places[held.invocation]) }
        freed()
    }

    /// - Parameter place: where it ran a moment ago.
    private func stop(_ invocation: InvocationNumber, at place: AttemptNumber?) {
        if let place, let work = attempts[place], work.invocation == invocation {
            return stop(work, place)
        }
        if let work = takeWaiting(invocation) { return cancelWaiting(work) }
        if let (attempt, work) = attempts.first(where: { $0.value.invocation == invocation }) {
            return stop(work, attempt)
        }
        // Its attempt has ended and is being settled, or it is being given back: where it is to run
        // again after that, it is cancelled then.
        stopping.insert(invocation)
    }

    private func stop(_ work: Work, _ attempt: AttemptNumber) {
        work.isCancelled = true
        runner.cancel(attempt)
    }

    private func takeWaiting(_ invocation: InvocationNumber) -> Work? {
        if let (ticket, work) = waitingForTurn.first(where: { $0.value.invocation == invocation }) {
            waitingForTurn[ticket] = nil
            return work
        }
        if let place = waitingForFiles.firstIndex(where: { $0.invocation == invocation }) {
            return waitingForFiles.remove(at: place)
        }
        return waitingAgain.removeAll { $0.invocation == invocation }.first
            ?? takeAlone { $0.invocation == invocation }.first
    }

    /// Ends, as cancelled, what holds a lease and does not run.
    func cancelWaiting(_ work: Work) {
        guard case .invocation(let claimed) = work.kind else { return }
        leave(work)
        endTurn(of: work)
        let now = clock()
        let report = Report(outcome: .interrupted(.cancelled), beganAt: now, duration: .zero)
        settle(work, claimed, AttemptEnd(attempt: AttemptNumber(0), report: report, worker: 0))
    }
}

extension Dispatcher {
    /// What an attempt under way is, for whoever logs about it.
    package struct Identity: Sendable, Equatable {
        /// The function's name.
        package var function: String
        /// What it runs for.
        package var event: Event
        /// The identifier that people and handlers see.
        package var invocation: EventID
        /// Counts every run of the invocation, from 1.
        package var attempt: Int
    }

    /// Nil for an attempt that has ended.
    package func identity(of attempt: AttemptNumber) -> Identity? {
        attempts[attempt].map { work in
            Identity(
                function: registry.functions[work.function].name, event: work.event,
                invocation: work.invocationID, attempt: work.attempt)
        }
    }
}
