import Contract
import Invocations
import Testing

@Suite("Every store, claiming")
struct StoreClaimingTests {
    typealias Desk = StoreUnderTest

    @Test("hands out in event order, function by function", arguments: storeMakers)
    func keepsOrder(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.record(Owed(function: Desk.two))
            let second = await store.record(Owed(function: Desk.one))
            let third = await store.record(Owed(function: Desk.one))

            let claimed = await store.claim(Desk.one, Desk.two)

            #expect(
                claimed.invocations.map(\.held.invocation) == [
                    second.first, third.first, first.first,
                ])
            #expect(claimed.invocations.map(\.function) == [Desk.one, Desk.one, Desk.two])
            #expect(
                claimed.invocations.allSatisfy {
                    $0.runs == 1 && $0.charged == 0 && $0.firstRunAt == nil
                })
            #expect(claimed.invocations[0].event.id == second.event)
            #expect(claimed.exhausted == [Desk.one, Desk.two])
        }
    }

    @Test("keeps to the bound of each function and of all", arguments: storeMakers)
    func keepsToBounds(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            for _ in 0..<4 {
                await store.record(Owed(function: Desk.one), Owed(function: Desk.two))
            }

            let claimed = await store.claim(Desk.one, Desk.two, max: 3, inAll: 5)
            let rest = await store.claim(Desk.one, Desk.two, Desk.three, max: 3)

            #expect(
                claimed.invocations.map(\.function) == [
                    Desk.one, Desk.one, Desk.one, Desk.two, Desk.two,
                ])
            #expect(claimed.exhausted == [])
            #expect(rest.invocations.map(\.function) == [Desk.one, Desk.two, Desk.two])
            #expect(rest.exhausted == [Desk.one, Desk.two, Desk.three])
        }
    }

    @Test("hands out so many bytes, but always one", arguments: storeMakers)
    func keepsToBytes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            for _ in 0..<4 {
                await store.record(Owed(function: Desk.one), data: Array(repeating: 1, count: 100))
            }

            #expect(await store.claim(Desk.one, bytesMax: 50).invocations.count == 1)
            #expect(await store.claim(Desk.one, bytesMax: 250).invocations.count == 2)
        }
    }

    @Test(
        "hands out no more suspects than it is asked for, and others past the rest of them",
        arguments: storeMakers)
    func boundsSuspects(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let suspected = Desk.ending(.interrupted(.suspected), .again(suspect: true))
            for _ in 0..<3 { _ = await store.settled(await store.start(), suspected) }
            let other = await store.record(Owed(function: Desk.one))
            func claim(suspectsMax: Int) async -> Claimed {
                let claim = Claim(
                    wants: [Claim.Want(function: Desk.one, invocationsMax: 9)], invocationsMax: 9,
                    suspectsMax: suspectsMax, now: store.now)
                guard case .claimed(let claimed) = await store.apply(.claim(claim)) else {
                    fatalError()
                }
                return claimed
            }

            let first = await claim(suspectsMax: 1)
            let second = await claim(suspectsMax: 0)
            let third = await claim(suspectsMax: 2)

            #expect(first.invocations.map(\.suspicion) == [.suspect, .none])
            #expect(first.invocations.last?.held.invocation == other.first)
            #expect(first.exhausted.isEmpty && second.exhausted.isEmpty)
            #expect(second.invocations.isEmpty)
            #expect(third.invocations.count == 2 && third.exhausted == [Desk.one])
        }
    }

    @Test("hands out nothing of a paused function", arguments: storeMakers)
    func pauses(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.one))
            _ = await store.apply(.pause(Desk.one, isPaused: true))

            let paused = await store.claim(Desk.one)
            let recorded = await store.record(Owed(function: Desk.one, start: .now))
            _ = await store.apply(.pause(Desk.one, isPaused: false))
            let resumed = await store.claim(Desk.one)

            #expect(paused.invocations.isEmpty && paused.exhausted == [Desk.one])
            #expect(recorded.started.isEmpty && recorded.ready == [Desk.one])
            #expect(resumed.invocations.count == 2)
        }
    }

    @Test("remembers over a restart who is paused", arguments: storeMakers)
    func remembersPauses(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await store.apply(.pause(Desk.two, isPaused: true))
            try store.restart()

            #expect(await store.register().functions.map(\.isPaused) == [false, true, false])
        }
    }

    @Test("hands out when it is due, and says when that is", arguments: storeMakers)
    func waitsUntilDue(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(30)
            await store.record(Owed(function: Desk.one, start: .at(due)))
            await store.record(Owed(function: Desk.two, start: .at(due + .seconds(5))))

            let early = await store.claim(Desk.one, at: due - .milliseconds(1))
            let late = await store.claim(Desk.one, at: due)

            #expect(early.invocations.isEmpty && early.nextDueAt == due && early.ready == [])
            #expect(late.invocations.count == 1 && late.ready == [Desk.one])
            #expect(late.nextDueAt == due + .seconds(5))
            #expect(late.exhausted == [Desk.one])
        }
    }

    @Test("says who came due though nobody asked for them", arguments: storeMakers)
    func tellsWhoCameDue(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.two, start: .at(store.now + .seconds(1))))

            let claimed = await store.claim(at: store.now + .seconds(1))

            #expect(claimed.ready == [Desk.two] && claimed.nextDueAt == nil)
            #expect(await store.claim(Desk.two).invocations.count == 1)
        }
    }

    @Test("takes back what never began, uncounted", arguments: storeMakers)
    func releases(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.one))
            let held = await store.claim(Desk.one).invocations[0].held

            let answer = await store.apply(.release([held, held]))
            let again = await store.claim(Desk.one, at: store.now + .seconds(9)).invocations

            guard case .released(let functions) = answer else {
                Issue.record("a release is answered")
                return
            }
            #expect(functions == [Desk.one])
            #expect(again.map(\.runs) == [1] && again.map(\.firstRunAt) == [nil])
            #expect(again[0].held.lease > held.lease)
            #expect(store.refusal(await store.settle(held)) == .leaseLost)
        }
    }

    @Test("tells the later runs of a series when the first began", arguments: storeMakers)
    func remembersTheFirstRun(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.one))
            let first = await store.claim(Desk.one, at: store.now + .seconds(1)).invocations[0]
            let due = store.now + .seconds(60)
            _ = await store.settled(first.held, Desk.ending(Desk.failed, .retry(at: due)))

            let second = await store.claim(Desk.one, at: due).invocations[0]

            #expect(second.runs == 2 && second.charged == 1)
            #expect(second.firstRunAt == store.now + .seconds(1))
        }
    }

    @Test("wakes whoever waits when something may be ready that no answer names")
    func wakes() async throws {
        for maker in storeMakers {
            try await maker { (store) async throws in
                var wakes = store.store.wakes.makeAsyncIterator()
                await store.record(Owed(function: Desk.one))
                _ = await store.apply(.pause(Desk.one, isPaused: false))

                #expect(await wakes.next() != nil)
            }
        }
    }
}
