import Contract
import Dispatching
import Invocations
import Testing

@Suite("A call without a slot")
struct WaitingCallTests {
    private func limits(waitingCallsMax: Int) -> Limits {
        var limits = Limits()
        limits.waitingCallsMax = waitingCallsMax
        return limits
    }

    @Test("waits for one, before anything new is claimed")
    func waits() {
        let desk = Desk(slots: 1)
        desk.records(3)
        let caller = Caller().call(desk)
        #expect(desk.running.count == 1)

        desk.end(desk.running[0])

        #expect(desk.running.map(\.delivery.event.kind) == [.request])
        desk.end(desk.running[0])
        #expect(caller.heard == ["response 204"])
    }

    @Test("waits no longer for a clock that is set back")
    func stepsBack() {
        let desk = Desk(slots: 1)
        desk.records(1)
        let caller = Caller().call(desk)

        desk.now = desk.now - .hours(1)
        desk.dispatcher.steppedBack(.hours(1))
        desk.tick(after: Dispatcher.callWait)

        #expect(caller.heard == ["no slot"])
    }

    @Test("finds one in the quarter that is kept, whatever is owed")
    func quarter() {
        let desk = Desk(slots: 4)
        desk.records(100)

        Caller().call(desk)

        #expect(
            desk.running.map(\.delivery.event.kind) == [.command, .command, .command, .request])
    }

    @Test("is told so where a thousand others wait, or as many as are allowed")
    func bound() {
        let desk = Desk(slots: 1, limits: limits(waitingCallsMax: 2))
        let callers = (0..<4).map { _ in Caller().call(desk) }

        #expect(callers.map(\.heard) == [[], [], [], ["no slot"]])
        #expect(desk.dispatcher.counts.callsWithoutSlot == 1 && desk.dispatcher.counts.calls == 4)
    }

    @Test("is told so after ten seconds, and not before")
    func time() {
        let desk = Desk(slots: 1)
        let callers = (0..<2).map { _ in Caller().call(desk) }

        desk.tick(after: Dispatcher.callWait - .milliseconds(1))
        #expect(callers[1].heard.isEmpty)
        desk.tick(after: .milliseconds(1))

        #expect(callers[1].heard == ["no slot"])
        desk.end(desk.running[0])
        #expect(callers[0].heard == ["response 204"], "who runs is not told")
    }

    @Test("is told so in time where it has a slot and no worker takes it")
    func withoutWorker() {
        let desk = Desk(slots: 4)
        desk.runner.hasNoWorker = true
        let caller = Caller().call(desk)
        desk.records(1)

        desk.tick(after: Dispatcher.callWait - .milliseconds(1))
        #expect(caller.heard.isEmpty)
        desk.tick(after: .milliseconds(1))

        #expect(caller.heard == ["no slot"])
        #expect(desk.running.count == 1, "what is owed waits on")
        desk.dispatcher.drain()
        desk.turns()
        #expect(desk.running.isEmpty && desk.dispatcher.held == 0, "nothing holds a stop up")
    }

    @Test("waits anew where it ran long and its worker was lost")
    func lostWorker() {
        let desk = Desk()
        let caller = Caller().call(desk, mayRunAgain: true)
        desk.tick(after: .seconds(15))
        desk.runner.hasNoWorker = true

        desk.end(desk.running[0], .interrupted(.neighbour))
        desk.tick(after: Dispatcher.callWait - .milliseconds(1))
        #expect(caller.heard.isEmpty && desk.running.count == 1)
        desk.tick(after: .milliseconds(1))

        #expect(caller.heard == ["no slot"])
    }

    @Test("waits no longer for a worker where the clock is set back")
    func stepsBackWithoutWorker() {
        let desk = Desk()
        desk.runner.hasNoWorker = true
        let caller = Caller().call(desk)

        desk.now = desk.now - .hours(1)
        desk.dispatcher.steppedBack(.hours(1))
        desk.tick(after: Dispatcher.callWait)

        #expect(caller.heard == ["no slot"])
    }

    @Test("is told in time also behind an invocation that waits to run again")
    func behindInvocation() {
        let desk = Desk([Desk.function("a", concurrencyMax: 1)], slots: 4)
        desk.records(2)
        desk.tell(desk.running[0], .conflicted(paths: ["a/1"]))
        let caller = Caller()
        desk.turn()
        caller.call(desk)
        desk.turns()

        desk.tick(after: .seconds(10))

        #expect(caller.heard == ["no slot"])
    }

    @Test("has its turn beside the callers of other functions")
    func turns() {
        let desk = Desk([Desk.function("a"), Desk.function("b")], slots: 1)
        for number in [1, 1, 1, 1, 2, 2] as [Int64] { Caller().call(desk, number) }

        while let next = desk.running.first { desk.end(next) }

        #expect(desk.runner.begun.map(\.delivery.function) == [0, 0, 1, 0, 1, 0])
    }

    @Test("of a paused function waits until it is resumed")
    func paused() {
        let desk = Desk()
        desk.pause(true)
        let caller = Caller().call(desk)
        #expect(desk.running.isEmpty)

        desk.pause(false)

        desk.end(desk.running[0])
        #expect(caller.heard == ["response 204"])
    }

    @Test("that calls again from its answer loses nobody")
    func reentrance() {
        let desk = Desk(slots: 1)
        let again = Caller()
        Caller().call(desk)
        let event = NewEvent(
            kind: .request, subject: "GET /", acceptedAt: desk.now, data: [],
            callID: EventID(callAt: desk.now, random: 1))
        desk.dispatcher.call(
            Call(function: FunctionNumber(1), event: event, mayRunAgain: true) { _ in
                again.call(desk)
            })

        desk.tick(after: .seconds(10))
        desk.end(desk.running[0])

        desk.end(desk.running[0])
        #expect(again.heard == ["response 204"])
    }
}
