import Contract
import Invocations
import Testing

@Suite("Every store, with an ordering key")
struct StoreOrderingTests {
    typealias Desk = StoreUnderTest

    private func owed(_ key: String = "k", _ start: Owed.Start = .whenClaimed) -> Owed {
        Owed(function: Desk.one, start: start, orderingKey: key)
    }

    @Test("runs one at a time, in event order", arguments: storeMakers)
    func keepsOrder(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.record(owed())
            let second = await store.record(owed())
            let third = await store.record(owed("k", .now))

            let claimed = await store.claim(Desk.one)
            let settled = await store.settled(claimed.invocations[0].held)
            let next = await store.claim(Desk.one)

            #expect(
                first.ready == [Desk.one] && second.ready == [] && third.ready == []
                    && third.started == [])
            #expect(claimed.invocations.map(\.held.invocation) == [first.first])
            #expect(claimed.exhausted == [Desk.one])
            #expect(settled.ready == [Desk.one])
            #expect(next.invocations.map(\.held.invocation) == [second.first])
        }
    }

    @Test("holds back neither other keys nor other functions", arguments: storeMakers)
    func holdsOnlyItsOwn(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(owed())
            await store.record(owed("other"))
            await store.record(Owed(function: Desk.two, orderingKey: "k"))
            await store.record(Owed(function: Desk.one))

            #expect(await store.claim(Desk.one, Desk.two).invocations.count == 4)
        }
    }

    @Test("keeps the place of a head that is tried again", arguments: storeMakers)
    func headsKeepTheirPlace(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(9)
            let head = await store.start(orderingKey: "k")
            await store.record(owed())

            let retried = await store.settled(head, Desk.ending(Desk.failed, .retry(at: due)))
            #expect(retried.ready == [] && retried.dueAt == due)
            #expect(await store.claim(Desk.one).invocations.isEmpty)
            let again = await store.claim(Desk.one, at: due).invocations
            #expect(again.map(\.held.invocation) == [head.invocation])
            let conflicted = Desk.ending(.conflicted(paths: ["a/b"]), .rerun)
            let lease = try #require(await store.settled(again[0].held, conflicted).renewed)
            #expect(await store.claim(Desk.one).invocations.isEmpty)
            let held = Held(invocation: head.invocation, lease: lease)
            let suspected = Desk.ending(.interrupted(.suspected), .again(suspect: true))
            #expect(await store.settled(held, suspected).ready == [Desk.one])
            #expect(
                await store.claim(Desk.one).invocations.map(\.held.invocation) == [head.invocation])
        }
    }

    @Test("lets the followers of a dead or cancelled head go", arguments: storeMakers)
    func deadHeadsLetGo(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let head = await store.start(orderingKey: "k")
            let second = await store.record(owed())
            let third = await store.record(owed())

            let dead = await store.settled(
                head, Desk.ending(.rejected(reason: "no"), .dead(reason: "no")))
            #expect(dead.ready == [Desk.one])
            let cancelled = await store.selected(.cancel(.one(second.first), now: store.now))
            #expect(cancelled.ready == [Desk.one])
            #expect(await store.claim(Desk.one).invocations.map(\.held.invocation) == [third.first])
        }
    }

    @Test("passes the turn over a follower that was cancelled", arguments: storeMakers)
    func passesOverTheCancelled(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let head = await store.start(orderingKey: "k")
            let second = await store.record(owed())
            let third = await store.record(owed())

            let cancelled = await store.selected(.cancel(.one(second.first), now: store.now))
            _ = await store.settled(head)

            #expect(cancelled.ready == [])
            #expect(await store.claim(Desk.one).invocations.map(\.held.invocation) == [third.first])
        }
    }

    @Test("gives the turn to a follower that waits for its time", arguments: storeMakers)
    func turnsWait(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(5)
            let head = await store.start(orderingKey: "k")
            let later = await store.record(owed("k", .at(due)))
            await store.record(owed())

            #expect(await store.settled(head).ready == [])
            #expect(await store.claim(Desk.one).invocations.isEmpty)
            #expect(
                await store.claim(Desk.one, at: due).invocations.map(\.held.invocation) == [
                    later.first
                ])
        }
    }

    @Test("is not ready by coming due without the turn", arguments: storeMakers)
    func dueWithoutTurn(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(5)
            let head = await store.start(orderingKey: "k")
            let later = await store.record(owed("k", .at(due)))

            let claimed = await store.claim(Desk.one, at: due)
            #expect(claimed.invocations.isEmpty && claimed.ready == [] && claimed.nextDueAt == nil)
            #expect(await store.settled(head).ready == [Desk.one])
            #expect(await store.claim(Desk.one).invocations.map(\.held.invocation) == [later.first])
        }
    }

    @Test("runs a dead letter that is retried by hand beside the others", arguments: storeMakers)
    func retriedByHand(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let dead = await store.start(orderingKey: "k")
            let second = await store.record(owed())
            let third = await store.record(owed())
            _ = await store.settled(dead, Desk.ending(.rejected(reason: "no"), .dead(reason: "no")))

            let retried = await store.selected(.retry(.one(dead.invocation), now: store.now))
            let claimed = await store.claim(Desk.one).invocations
            #expect(retried.ready == [Desk.one])
            #expect(claimed.map(\.held.invocation) == [dead.invocation, second.first])
            #expect(await store.settled(claimed[0].held).ready == [])
            #expect(await store.claim(Desk.one).invocations.isEmpty)
            #expect(await store.settled(claimed[1].held).ready == [Desk.one])
            #expect(await store.claim(Desk.one).invocations.map(\.held.invocation) == [third.first])
        }
    }

    @Test("starts what is recorded after the key is free", arguments: storeMakers)
    func freeAgain(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.start(orderingKey: "k")
            _ = await store.settled(first)

            #expect(await store.record(owed("k", .now)).started.count == 1)
        }
    }
}
