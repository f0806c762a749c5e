import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher whose store refuses")
struct RefusingStoreTests {
    private let first = FunctionNumber(1)

    @Test("asks once, not again and again, for what a store does not hand out")
    func nothing() {
        let desk = Desk()
        desk.store.add(first, count: 3)
        desk.store.script = { change in
            if case .claim = change { .claimed(Claimed()) } else { nil }
        }

        desk.dispatcher.lookAround()
        desk.turns(max: 3)
        #expect(desk.store.claims.count == 1)
        for _ in 0..<20 { desk.turn() }
        #expect(desk.store.claims.count == 1, "another turn is no reason")
        desk.store.script = { _ in nil }
        desk.tick()

        #expect(desk.running.count == 3)
    }

    @Test(
        "asks once a second at most while claims are refused",
        arguments: [.diskFull, .storeLocked, .broken("gone")] as [Refusal])
    func refusedClaims(refusal: Refusal) {
        let desk = Desk()
        desk.store.add(first, count: 3)
        desk.store.script = { change in
            if case .claim = change { .refused(refusal) } else { nil }
        }

        desk.dispatcher.lookAround()
        desk.turns(max: 3)
        for _ in 0..<5 { desk.tick() }
        #expect(desk.store.claims.count == 6)
        desk.store.script = { _ in nil }
        desk.tick()

        #expect(desk.running.count == 3)
    }

    @Test("asks on at once where a claim made ready what was due, and once a second where none did")
    func duePast() {
        let desk = Desk()
        desk.store.script = { change in
            if case .claim = change { .claimed(Claimed(nextDueAt: Desk.start)) } else { nil }
        }

        desk.dispatcher.due()
        desk.turns(max: 3)

        #expect(desk.store.claims.count == 1)
        #expect(desk.dispatcher.nextDueAt == Desk.start + .seconds(1))
    }

    @Test("does not ask while a claim is on its way, and looks again after it where it was told to")
    func oneAtATime() throws {
        let desk = Desk()
        desk.dispatcher.lookAround()
        let taken = desk.dispatcher.takePage()
        let page = try #require(taken)
        let answers = desk.store.apply(page.changes)
        desk.store.add(first, count: 1)

        desk.dispatcher.lookAround()
        let second = desk.dispatcher.takePage()
        #expect(second == nil)
        page.deliver(answers)
        desk.turns()

        #expect(desk.running.count == 1, "what came while the claim was under way is found")
    }

    @Test("gives its slot back when a record is refused, and callers get it")
    func refusedRecord() {
        let desk = Desk(slots: 1)
        let caller = Caller()
        desk.store.script = { change in
            if case .record = change { .refused(.backlogFull(max: 1)) } else { nil }
        }

        desk.record()
        caller.call(desk)
        #expect(desk.running.isEmpty)
        desk.turns()

        #expect(desk.running.count == 1)
        desk.end(desk.running[0], response: ResponseData(status: 200))
        #expect(caller.heard == ["response 200"])
    }

    @Test("fails an attempt whose effects are too much for the backlog, once")
    func backlogFull() {
        let desk = Desk()
        desk.records(1)
        desk.store.script = { change in
            guard case .settle(let settling) = change, !settling.effects.isEmpty else { return nil }
            return .refused(.backlogFull(max: 9))
        }

        desk.end(desk.running[0], effects: [.send(Sending(function: "send-receipt", data: []))])

        let error = "backlog full: 9 invocations are owed, which is the most"
        #expect(desk.store.endings.map(\.outcome) == [.failed(error: error, retryAfter: nil)])
        #expect(desk.store.count(.retrying) == 1)
    }

    @Test(
        "lets go of what it can't settle, and asks no second time",
        arguments: [
            .backlogFull(max: 1), .leaseLost, .conflicted(paths: ["a/1"]), .diskFull,
            .storeLocked, .broken("gone"),
            .unmergeable(path: "a/1", reason: "no"), .overloaded,
        ] as [Refusal])
    func refusedSettling(refusal: Refusal) {
        let desk = Desk()
        var notices = 0
        desk.record(watcher: { _ in notices += 1 })
        desk.turns()
        var settlings = 0
        desk.store.script = { change in
            guard case .settle = change else { return nil }
            settlings += 1
            return .refused(refusal)
        }

        desk.end(desk.running[0])

        #expect(settlings <= 2 && notices == 0)
        #expect(desk.dispatcher.held == 0 && desk.running.isEmpty)
        #expect(desk.store.count(.running) == 1, "it is still owed")
        #expect(desk.dispatcher.counts.interrupted == 1 && desk.dispatcher.counts.succeeded == 0)
    }

    @Test("hands outcomes to a store that keeps them on their own, so that refusals do not wait")
    func heldUp() throws {
        let desk = Desk()
        desk.records(1)
        desk.dispatcher.isStoreHeldUp = { true }

        desk.record()
        desk.tell(desk.running[0])
        let taken = [desk.dispatcher.takePage(), desk.dispatcher.takePage()]
        let first = try #require(taken[0])
        let second = try #require(taken[1])

        #expect(first.changes.map(\.isOutcome) == [false])
        #expect(second.changes.map(\.isOutcome) == [true])
        #expect(desk.asked == 2, "the second page is asked for")
        for page in [first, second] { page.deliver(desk.store.apply(page.changes)) }
        #expect(desk.store.count(.succeeded) == 1 && desk.running.count == 1)
    }

    @Test("fails an attempt whose worker asks for what can't be committed")
    func badEffect() {
        let desk = Desk()
        desk.records(1)

        desk.end(desk.running[0], effects: [.delete(path: "orders")])

        #expect(desk.store.count(.retrying) == 1 && desk.dispatcher.counts.failed == 1)
    }
}
