import Contract
import Invocations

extension Dispatcher {
    /// Runs `work`, whose slot is taken, in the pool or apart.
    func begin(_ work: Work) {
        assert(work.place == .slot, "what begins has a slot")
        guard isSuspect(work) else { return start(work) }
        slots.setApart(of: work.function)
        work.place = .apart
        if case .call = work.kind { work.waitsUntil = clock() + Self.callWait }
        waitingAlone.append(work)
        beginAlone()
    }

    private func start(_ work: Work) {
        let attempt = nextAttempt()
        attempts[attempt] = work
        counts.started += 1
        let function = registry.functions[work.function]
        var onceKey: String?
        if case .call(let call) = work.kind { onceKey = call.onceKey }
        let delivery = Delivery(
            function: function.index, attempt: work.attempt, timeout: function.policies.timeout,
            event: work.event, invocation: work.invocationID, onceKey: onceKey)
        runner.run(
            Assignment(
                attempt: attempt, delivery: delivery, runsAlone: work.place == .apart,
                body: work.bodyUse))
    }

    /// Gives back what `work`, which ran, held, and lets the next begin.
    func finished(_ work: Work) {
        if work.place == .apart { alone -= 1 }
        leave(work)
        beginAlone()
        freed()
    }

    /// Room came free, or may have.
    func freed() {
        beginWaiting()
        guard !maybeReady.isEmpty else { return }
        isClaimFutile = false
        changed()
    }

    func takeSlot(for work: Work) {
        leave(work)
        slots.take(of: work.function)
        work.place = .slot
    }

    /// Gives back what `work` holds of the slots.
    func leave(_ work: Work) {
        switch work.place {
        case .none: return
        case .slot: slots.giveBack(of: work.function)
        case .apart: slots.giveBackApart(of: work.function)
        case .between: slots.endWait(of: work.function)
        }
        work.place = .none
    }

    /// True while the function runs apart, a few at once.
    func isApart(_ function: Int) -> Bool {
        !quarantine.isEmpty && quarantine.contains(registry.functions[function].number, at: clock())
    }

    private func isSuspect(_ work: Work) -> Bool {
        isApart(work.function) || work.isHeldSuspect || work.isSuspect
    }

    func beginAlone() {
        while alone < limits.quarantineWorkersMax, let work = waitingAlone.popFirst() {
            alone += 1
            start(work)
        }
    }

    private func nextAttempt() -> AttemptNumber {
        repeat {
            lastAttempt &+= 1
        } while lastAttempt == 0 || attempts[AttemptNumber(lastAttempt)] != nil
        return AttemptNumber(lastAttempt)
    }
}
