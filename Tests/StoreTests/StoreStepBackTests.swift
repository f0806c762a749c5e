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

            guard case .steppedBack(let count) = await store.apply(.stepBack(.hours(1))) else {
                fatalError()
            }
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
}
