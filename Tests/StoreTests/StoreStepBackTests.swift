import Contract
import Invocations
import Testing

@Suite("Every store, when the clock is set back")
struct StoreStepBackTests {
    typealias Desk = StoreUnderTest

    @Test("lets what waits wait as long as it would have", arguments: storeMakers)
    func stepBack(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let earlier = store.now - .hours(1)
            await store.record(Owed(function: Desk.one, start: .at(store.now + .minutes(5))))
            await store.record(Owed(function: Desk.two, start: .at(store.now + .minutes(9))))
            let failed = await store.start()
            let retry = Desk.ending(Desk.failed, .retry(at: store.now + .minutes(7)))
            _ = await store.settled(failed, retry)
            await store.record(Owed(function: Desk.three))

            let count = await store.stepBack(StepBack(.hours(1), rowsMax: 500))
            let before = await store.claim(Desk.one, at: earlier + .minutes(4))
            let first = await store.claim(Desk.one, at: earlier + .minutes(6))
            let second = await store.claim(Desk.one, at: earlier + .minutes(8))
            let third = await store.claim(Desk.two, Desk.three, at: earlier + .minutes(10))

            #expect(count == 3)
            #expect(before.invocations.isEmpty && before.nextDueAt == earlier + .minutes(5))
            #expect(first.invocations.count == 1 && first.nextDueAt == earlier + .minutes(7))
            #expect(second.invocations.map(\.held.invocation) == [failed.invocation])
            #expect(third.invocations.count == 2 && third.nextDueAt == nil)
        }
    }

    @Test(
        "goes through all that waits in bounded steps, and moves each once", arguments: storeMakers)
    func bounded(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            for minute in 1...5 {
                let due = Owed.Start.at(store.now + .minutes(Int64(minute)))
                await store.record(Owed(function: Desk.one, start: due))
                await store.record(Owed(function: Desk.two, start: due))
            }
            var steps = 0

            let moved = await store.stepBack(StepBack(.minutes(2), rowsMax: 3)) {
                #expect($0.moved <= 3)
                steps += 1
            }
            let early = await store.claim(Desk.one, Desk.two, at: store.now - .minutes(2))
            let due = await store.claim(Desk.one, Desk.two, at: store.now + .minutes(3))

            #expect(moved == 10 && steps == 4)
            #expect(early.invocations.isEmpty && early.nextDueAt == store.now - .minutes(1))
            #expect(due.invocations.count == 10)
        }
    }

    @Test("leaves alone what was recorded or ran since by the new clock", arguments: storeMakers)
    func since(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let late = Owed.Start.at(store.now + .minutes(60))
            for _ in 0..<2 { await store.record(Owed(function: Desk.one, start: late)) }
            let first = StepBack(.minutes(30), rowsMax: 1)
            guard case .steppedBack(let begun) = await store.apply(.stepBack(first)) else {
                fatalError()
            }

            await store.record(Owed(function: Desk.two, start: late))
            let failed = await store.start(Desk.three)
            _ = await store.settled(
                failed, Desk.ending(Desk.failed, .retry(at: store.now + .minutes(60))))
            let rest = await store.stepBack(try #require(begun.next))
            let claimed = await store.claim(
                Desk.one, Desk.two, Desk.three, at: store.now + .minutes(31))

            #expect(begun.moved == 1 && rest == 1)
            #expect(claimed.invocations.count == 2)
            #expect(claimed.nextDueAt == store.now + .minutes(60))
            #expect(try await store.status().counts[.scheduled] == 1)
            #expect(try await store.status().counts[.retrying] == 1)
        }
    }
}

extension StoreUnderTest {
    /// Goes through all that waits; answers how many are due earlier.
    fileprivate func stepBack(
        _ first: StepBack, each: (SteppedBack) -> Void = { _ in }
    ) async -> Int {
        var moved = 0
        var next: StepBack? = first
        while let step = next {
            guard case .steppedBack(let done) = await apply(.stepBack(step)) else { fatalError() }
            each(done)
            moved += done.moved
            next = done.next
        }
        return moved
    }
}
