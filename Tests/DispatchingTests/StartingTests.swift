import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher")
struct StartingTests {
    private let first = FunctionNumber(1)

    @Test("starts what is recorded at once where a slot is free, with one commit")
    func direct() {
        let desk = Desk()

        desk.record()
        #expect(desk.running.isEmpty, "nothing runs before its commit")
        desk.turn()

        #expect(desk.running.count == 1)
        #expect(desk.running[0].delivery.attempt == 1 && !desk.running[0].runsAlone)
        #expect(desk.running[0].body == .dropped)
        #expect(desk.store.count(.running) == 1)
        desk.end(desk.running[0])
        #expect(desk.store.count(.succeeded) == 1)
        #expect(desk.dispatcher.counts.succeeded == 1 && desk.dispatcher.held == 0)
    }

    @Test("claims the rest as slots come free, in event order")
    func claims() {
        let desk = Desk(slots: 4)

        desk.records(10)
        #expect(desk.running.count == 3, "a quarter is kept for callers")
        while let next = desk.running.first { desk.end(next) }

        #expect(desk.store.count(.succeeded) == 10)
        #expect(desk.runner.begun.map(\.delivery.event.id.number) == Array(1...10))
    }

    @Test("finds what was recorded before it came")
    func lookAround() {
        let desk = Desk()
        desk.store.add(first, count: 3)

        desk.dispatcher.lookAround()
        desk.turns()

        #expect(desk.running.count == 3)
    }

    @Test("runs no more of a function at once than it may, and others beside it")
    func concurrency() {
        let desk = Desk([Desk.function("a", concurrencyMax: 2), Desk.function("b")], slots: 8)

        desk.records(5)
        desk.records(5, of: 2)

        #expect(desk.running.map(\.delivery.function).sorted() == [0, 0, 1, 1, 1, 1])
        while let next = desk.running.first {
            desk.end(next)
            #expect(desk.running.count { $0.delivery.function == 0 } <= 2)
        }
        #expect(desk.store.count(.succeeded) == 10)
    }

    @Test("shares slots by priority")
    func priority() {
        let names = [("a", Priority.high), ("b", .normal), ("c", .low)]
        let desk = Desk(names.map { Desk.function($0.0, priority: $0.1) }, slots: 8)
        for number in 1...3 as ClosedRange<Int64> {
            desk.store.add(FunctionNumber(number), count: 100)
        }
        desk.dispatcher.lookAround()
        desk.turns()

        for _ in 0..<70 { desk.end(desk.running[0]) }

        let begun = desk.runner.begun.prefix(70).map(\.delivery.function)
        let counts = (0..<3).map { place in begun.count { $0 == place } }
        #expect((38...42).contains(counts[0]) && (18...22).contains(counts[1]), "\(counts)")
        #expect((8...12).contains(counts[2]), "\(counts)")
    }

    @Test("begins nothing of a paused function, and goes on when it is resumed")
    func pause() {
        let desk = Desk()
        desk.records(1)

        desk.pause(true)
        desk.records(2)
        desk.end(desk.running[0])
        #expect(desk.running.isEmpty && desk.store.count(.succeeded) == 1)
        desk.pause(false)

        #expect(desk.running.count == 2)
    }

    @Test("goes on with what was ready when a function was paused, though nothing else happens")
    func resume() {
        let desk = Desk(slots: 1)
        desk.records(3)
        desk.pause(true)
        desk.end(desk.running[0])

        desk.pause(false)

        #expect(desk.running.count == 1)
    }

    @Test("leaves alone what is owed to a function that is gone")
    func gone() {
        let desk = Desk()
        desk.store.add(FunctionNumber(99), count: 2)

        desk.dispatcher.lookAround()
        desk.dispatcher.ready([FunctionNumber(99)])
        desk.turns()

        #expect(desk.store.count(.ready) == 2 && desk.running.isEmpty)
        #expect(
            desk.store.claims.allSatisfy { !$0.wants.map(\.function).contains(FunctionNumber(99)) })
    }

    @Test("says when what waits is due, and runs it then")
    func due() {
        let desk = Desk()
        let soon = Desk.start + .milliseconds(1_500)

        desk.record(1, start: .at(soon + .hours(1)))
        desk.record(1, start: .at(soon))
        desk.turns()
        #expect(desk.dispatcher.nextDueAt == soon)
        desk.tick()
        #expect(desk.running.isEmpty)
        desk.tick()

        #expect(desk.running.count == 1)
        #expect(desk.dispatcher.nextDueAt == soon + .hours(1))
    }

    @Test("says when a command that a handler sent is due")
    func dueEffect() {
        let desk = Desk()
        desk.records(1)

        desk.end(
            desk.running[0],
            effects: [.send(Sending(function: "send-receipt", data: [], after: .seconds(30)))])

        #expect(desk.dispatcher.nextDueAt == Desk.start + .seconds(30))
        #expect(desk.store.count(.scheduled) == 1)
    }

    @Test("runs a failed one again when its delay has passed")
    func retry() {
        let desk = Desk()
        desk.records(1)

        desk.end(desk.running[0], .failed(error: "boom", retryAfter: nil))
        #expect(desk.dispatcher.nextDueAt == Desk.start + .seconds(10))
        desk.tick(after: .seconds(10))

        #expect(desk.running.map(\.delivery.attempt) == [2])
        desk.end(desk.running[0], .timedOut)
        desk.tick(after: .seconds(10))
        desk.end(desk.running[0], .failed(error: "bang", retryAfter: nil))
        #expect(
            desk.store.endings.map(\.settlement).last
                == .dead(reason: "attempt 3 of 3 failed: bang"))
        #expect(desk.store.rows(.dead).map(\.charged) == [3])
    }

    @Test("runs one again at once and uncharged whose worker a neighbour ended")
    func neighbour() {
        let desk = Desk()
        desk.records(1)

        desk.end(desk.running[0], .interrupted(.neighbour))

        #expect(desk.running.map(\.delivery.attempt) == [2] && !desk.running[0].runsAlone)
        #expect(desk.store.rows(.running).map(\.charged) == [0])
    }

    @Test("tells a watcher of the first attempt, once")
    func watcher() {
        let desk = Desk()
        var notices: [Dispatcher.Notice] = []
        desk.record(watcher: { notices.append($0) })
        desk.turns()
        let response = ResponseData(status: 200, body: .whole([49]))

        desk.end(desk.running[0], .failed(error: "boom", retryAfter: nil))
        desk.tick(after: .seconds(10))
        desk.end(desk.running[0], response: response)

        #expect(notices.map(\.outcome) == [.failed(error: "boom", retryAfter: nil)])
        #expect(notices.map(\.settlement) == [.retry(at: Desk.start + .seconds(10))])
    }

    @Test("tells nobody who stopped watching, nor of what it does not know")
    func strangers() {
        let desk = Desk()
        var notices = 0
        desk.record(watcher: { _ in notices += 1 })
        desk.turns()
        let assignment = desk.running[0]
        desk.dispatcher.stopWatching(InvocationNumber(event: EventNumber(1), ordinal: 0))

        desk.end(assignment)
        desk.end(assignment)

        #expect(notices == 0 && desk.store.endings.count == 1)
        #expect(desk.dispatcher.identity(of: assignment.attempt) == nil)
    }

    @Test("says what an attempt is while it runs")
    func identity() {
        let desk = Desk()
        desk.records(1)

        let identity = desk.dispatcher.identity(of: desk.running[0].attempt)

        #expect(identity?.function == "send-receipt" && identity?.attempt == 1)
        #expect(identity?.invocation == desk.running[0].delivery.invocation)
    }
}
