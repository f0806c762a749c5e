import Contract
import Invocations
import Testing

@Suite("Every store, ending what goes too deep")
struct StoreDepthTests {
    typealias Desk = StoreUnderTest

    private static let call = EventID(callAt: Desk.now, random: 42)
    private static let limit =
        "; if it continues itself on purpose, say depthMax: in its declaration"

    private func tooDeep(_ depth: Int) -> TooDeep {
        TooDeep(function: "three", depth: depth, depthMax: depth - 1, sender: "command \"two\"")
    }

    /// An effect with a cause.
    private func effect(
        _ cause: EventID, depth: Int, to function: FunctionNumber, _ start: Owed.Start
    ) -> Record {
        var record = Desk.effect(to: function, start)
        record.event = NewEvent(
            kind: .command, subject: "one", acceptedAt: Desk.now, data: [1, 2, 3], cause: cause,
            depth: depth)
        return record
    }

    private func onlyDead(_ store: Desk) async throws -> InvocationSummary {
        let dead = try await store.list(InvocationFilter(state: .dead)).items
        try #require(dead.count == 1)
        return dead[0]
    }

    @Test("names the functions that led to it, from a call on", arguments: storeMakers)
    func namesTheChain(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = effect(
                Self.call.tagged(.callInvocation), depth: 1, to: Desk.two, .whenClaimed)
            _ = await store.apply(
                .conclude(
                    Conclusion(
                        event: Desk.event(callID: Self.call), function: Desk.one, runs: 1,
                        ending: Desk.succeeded, effects: Effects(records: [first]))))
            let claimed = await store.claim(Desk.two).invocations[0]
            let second = effect(claimed.id, depth: 2, to: Desk.three, .never(tooDeep(2)))

            _ = await store.settled(
                claimed.held, Desk.succeeded, Effects(records: [second]))

            let dead = try await onlyDead(store)
            #expect(dead.function == Desk.three && dead.startedAt == nil)
            #expect(
                dead.error
                    == "depth 2 is over the 1 that \"three\" allows, sent by command \"two\": "
                    + "one → two → three" + Self.limit)
        }
    }

    @Test("says so where the first ones are gone", arguments: storeMakers)
    func marksWhatIsGone(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start(Desk.two)
            let cause = EventID(.invocation, number: held.invocation.rawValue, at: store.now)
            let record = effect(cause, depth: 7, to: Desk.three, .never(tooDeep(7)))

            _ = await store.settled(held, Desk.succeeded, Effects(records: [record]))

            #expect(try await onlyDead(store).error?.contains(": … → two → three;") == true)
        }
    }
}
