package import Contract
package import Invocations

extension Dispatcher {
    /// Stops or goes on to run a function; what runs of it goes on.
    package func setPaused(_ isPaused: Bool, function: Registry.Function, answered: @escaping (Answer) -> Void) {
        submit(.pause(function.number, isPaused: isPaused)) { [self] answer in
            if case .paused = answer {
                slots.setPaused(isPaused, function: function.index)
                if !isPaused { ready([function.number]) }
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
                for held in selected.running { stop(held) }
                ready(selected.ready)
            case .refused(.isRunning(let held)): stop(held)
            default: break
            }
            answered(answer)
        }
    }

    /// Runs again by hand.
    package func retry(_ selection: Selection, answered: @escaping (Answer) -> Void) {
        submit(.retry(selection, now: clock())) { [self] answer in
            if case .selected(let selected) = answer { ready(selected.ready) }
            answered(answer)
        }
    }

    /// Begins nothing any more; what runs may end.
    package func drain() {
        isDraining = true
        for line in waitingCalls.values {
            for case .call(let call) in line.map(\.kind) { call.answered(.noSlot) }
        }
        waitingCalls = [:]
    }

    /// Gives back, uncharged, all that has not ended; late ends are not heard.
    package func interruptAll() {
        let now = clock()
        for (attempt, work) in attempts { interrupt(attempt, work, now) }
        for work in waitingForTurn.values { interrupt(AttemptNumber(0), work, now) }
        for work in waitingAlone { interrupt(AttemptNumber(0), work, now) }
        attempts = [:]
        waitingForTurn = [:]
        waitingAlone = []
    }

    private func interrupt(_ attempt: AttemptNumber, _ work: Work, _ now: Instant) {
        let report = Report(outcome: .interrupted(.drained), beganAt: now, duration: .zero)
        switch work.kind {
        case .invocation(let claimed):
            let end = AttemptEnd(attempt: attempt, report: report, worker: 0)
            let settling = Settling(held: claimed.held, ending: end.ending(.again(suspect: false)))
            submit(.settle(settling)) { _ in }
        case .call(let call): call.answered(.failed(report.outcome))
        }
    }

    private func stop(_ held: Held) {
        for (attempt, work) in attempts {
            guard case .invocation(let claimed) = work.kind, claimed.held.invocation == held.invocation
            else { continue }
            work.isCancelled = true
            runner.cancel(attempt)
        }
    }
}

extension Dispatcher {
    /// What an attempt under way is, for whoever logs about it.
    package struct Identity: Sendable, Equatable {
        package var function: String
        package var event: Event
        package var invocation: EventID
        package var attempt: Int
    }

    /// Nil for an attempt that has ended.
    package func identity(of attempt: AttemptNumber) -> Identity? {
        attempts[attempt].map { work in
            Identity(
                function: registry.functions[work.function].name, event: work.event,
                invocation: work.invocationID, attempt: work.runs)
        }
    }
}
