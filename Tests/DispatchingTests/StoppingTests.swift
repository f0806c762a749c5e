import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher that is to stop something")
struct StoppingTests {
    private let path = "counters/1"

    private func cancel(_ desk: Desk, _ event: Int64) {
        let number = InvocationNumber(event: EventNumber(event), ordinal: 0)
        desk.dispatcher.cancel(.one(number)) { _ in }
        desk.turns()
    }

    /// Two attempts, of which the second lost a document and waits for its turn behind a third.
    private func deskWithLine() -> Desk {
        let desk = Desk()
        desk.records(3)
        let all = desk.running
        desk.end(all[0], .conflicted(paths: [path]))
        desk.end(all[1], .conflicted(paths: [path]))
        desk.end(all[2], .conflicted(paths: [path]))
        return desk
    }

    @Test("asks a running attempt to stop, which is cancelled when it has")
    func running() {
        let desk = Desk()
        desk.records(1)

        cancel(desk, 1)
        #expect(desk.runner.cancelled == [desk.running[0].attempt])
        desk.end(desk.running[0], .failed(error: "cancelled", retryAfter: nil))

        #expect(desk.store.count(.cancelled) == 1 && desk.dispatcher.held == 0)
    }

    @Test("lets a running attempt succeed that did so all the same")
    func succeeded() {
        let desk = Desk()
        desk.records(1)

        cancel(desk, 1)
        desk.end(desk.running[0])

        #expect(desk.store.count(.succeeded) == 1)
    }

    @Test("cancels at once what waits for a turn, and the next one has its own")
    func waitingForTurn() {
        let desk = deskWithLine()
        #expect(desk.running.count == 1 && desk.dispatcher.held == 3)

        cancel(desk, 2)
        #expect(desk.store.rows(.cancelled).map(\.number.event) == [EventNumber(2)])
        desk.end(desk.running[0])

        #expect(desk.running.map(\.delivery.event.id.number) == [3])
        desk.end(desk.running[0])
        #expect(desk.dispatcher.held == 0)
    }

    @Test("cancels at once what waits for a slot to run again")
    func waitingForSlot() throws {
        let desk = Desk([Desk.function("a", concurrencyMax: 1)], slots: 4)
        desk.records(1)
        desk.tell(desk.running[0], .conflicted(paths: [path]))
        desk.record()
        desk.turns()
        #expect(desk.dispatcher.held == 2 && desk.running.count == 1)
        let waiting = try #require(desk.store.rows(.running).first { $0.runs == 2 })

        cancel(desk, waiting.number.event.rawValue)

        #expect(desk.store.count(.cancelled) == 1)
        #expect(desk.dispatcher.held == 1 && desk.running.count == 1)
    }

    @Test("cancels what was to run again when it is told while the attempt is being settled")
    func settling() throws {
        let desk = Desk()
        desk.records(1)
        desk.dispatcher.cancel(.one(InvocationNumber(event: EventNumber(1), ordinal: 0))) { _ in }
        let taken = desk.dispatcher.takePage()
        let page = try #require(taken)
        let answers = desk.store.apply(page.changes)

        desk.tell(desk.running[0], .conflicted(paths: [path]))
        page.deliver(answers)
        #expect(desk.runner.cancelled.isEmpty, "nothing runs that could be asked")
        desk.turns()

        #expect(desk.store.count(.cancelled) == 1 && desk.running.isEmpty)
        #expect(desk.dispatcher.held == 0)
    }

    @Test(
        "cancels what is to run again later, told while the attempt is being settled",
        arguments: [.failed(error: "no", retryAfter: nil), .interrupted(.neighbour)] as [Outcome])
    func settlingForLater(outcome: Outcome) throws {
        let desk = Desk()
        desk.records(1)
        desk.dispatcher.cancel(.one(InvocationNumber(event: EventNumber(1), ordinal: 0))) { _ in }
        let taken = desk.dispatcher.takePage()
        let page = try #require(taken)
        let answers = desk.store.apply(page.changes)

        desk.tell(desk.running[0], outcome)
        page.deliver(answers)
        desk.turns()

        #expect(desk.store.endings.map(\.outcome) == [outcome])
        #expect(desk.store.count(.cancelled) == 1 && desk.running.isEmpty)
    }

    @Test("tells who waits for what is cancelled before it ran")
    func watched() {
        let desk = Desk()
        var notices: [Dispatcher.Notice] = []
        desk.pause(true)
        desk.record(watcher: { notices.append($0) })
        desk.turns()

        cancel(desk, 1)
        desk.dispatcher.wasCancelled(InvocationNumber(event: EventNumber(1), ordinal: 0))

        #expect(notices.map(\.outcome) == [.interrupted(.cancelled)])
        #expect(notices.map(\.settlement) == [.cancelled])
    }

    @Test("begins nothing any more while it drains, and lets what runs end")
    func drain() {
        let desk = Desk(slots: 2)
        desk.records(5)
        let waiting = (0..<2).map { _ in Caller().call(desk) }

        desk.dispatcher.drain()
        desk.turns()
        let late = Caller().call(desk)
        #expect(waiting.map(\.heard) == [["no slot"], ["no slot"]] && late.heard == ["no slot"])
        desk.records(1)
        for assignment in desk.running { desk.end(assignment) }
        desk.tick()

        #expect(desk.running.isEmpty && desk.dispatcher.held == 0)
        #expect(desk.store.count(.succeeded) == 2 && desk.store.count(.ready) == 4)
    }

    @Test("gives back what a claim brings while it drains")
    func claimWhileDraining() throws {
        let desk = Desk()
        desk.store.add(FunctionNumber(1), count: 3)
        desk.dispatcher.lookAround()
        let taken = desk.dispatcher.takePage()
        let page = try #require(taken)
        desk.record()

        desk.dispatcher.drain()
        page.deliver(desk.store.apply(page.changes))
        desk.turns()

        #expect(desk.running.isEmpty && desk.store.count(.ready) == 4)
        #expect(desk.store.rows.values.allSatisfy { $0.runs == 0 })
    }

    @Test("lets one that lost a document run again while it drains")
    func rerunWhileDraining() {
        let desk = deskWithLine()

        desk.dispatcher.drain()
        while let next = desk.running.first { desk.end(next) }

        #expect(desk.store.count(.succeeded) == 3 && desk.dispatcher.held == 0)
    }

    @Test("gives back, uncharged, all that has not ended, and hears nothing of it later")
    func interruptAll() {
        let desk = deskWithLine()
        let caller = Caller().call(desk)
        let late = desk.running

        desk.dispatcher.interruptAll()
        desk.turns()
        for assignment in late { desk.end(assignment) }

        #expect(caller.heard == ["interrupted"])
        #expect(desk.store.count(.ready) == 3 && desk.dispatcher.held == 0)
        #expect(desk.store.rows.values.map(\.charged) == [0, 0, 0])
        #expect(
            desk.store.rows(.ready).map(\.runs) == [2, 1, 1], "who did not begin has no run more")
        #expect(desk.store.endings.last?.outcome == .interrupted(.drained))
    }

    @Test("cancels what was asked to stop, and had not when all was interrupted")
    func interruptCancelled() {
        let desk = Desk()
        desk.records(2)
        cancel(desk, 1)

        desk.dispatcher.interruptAll()
        desk.turns()

        #expect(
            desk.store.endings.map(\.outcome) == [.interrupted(.cancelled), .interrupted(.drained)])
        #expect(desk.store.rows(.cancelled).map(\.number.event) == [EventNumber(1)])
        #expect(desk.store.count(.ready) == 1)
    }

    @Test("runs nothing again that was being settled when all was interrupted")
    func settlingWhileInterrupted() throws {
        let desk = Desk()
        desk.records(1)
        desk.tell(desk.running[0], .conflicted(paths: [path]))
        let taken = desk.dispatcher.takePage()
        let page = try #require(taken)

        desk.dispatcher.interruptAll()
        page.deliver(desk.store.apply(page.changes))
        desk.turns()

        #expect(desk.running.isEmpty && desk.store.count(.ready) == 1)
        #expect(desk.dispatcher.held == 0)
    }
}
