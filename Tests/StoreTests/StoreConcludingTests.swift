import Contract
import Invocations
import Testing

@Suite("Every store, concluding calls")
struct StoreConcludingTests {
    typealias Desk = StoreUnderTest

    private let id = EventID(callAt: Desk.now, random: 42)

    private func conclusion(
        _ ending: Ending = Desk.succeeded, _ effects: Effects = Effects(), runs: Int = 1,
        response: StoredResponse? = nil, random: UInt64 = 42
    ) -> Change {
        let event = Desk.event(callID: EventID(callAt: Desk.now, random: random))
        return .conclude(
            Conclusion(
                event: event, function: Desk.one, runs: runs, ending: ending, effects: effects,
                response: response))
    }

    private func response(_ key: UInt8, until: Instant = Desk.now + .hours(24)) -> StoredResponse {
        StoredResponse(
            keyHash: Array(repeating: key, count: 32), fingerprint: Array(repeating: 9, count: 32),
            status: 201,
            fields: [RequestData.Field("Location", "/orders/1"), RequestData.Field("A", "")],
            body: [0, 1, 255], expiresAt: until)
    }

    @Test("records the event, its end and its effects at once", arguments: storeMakers)
    func concludes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let effects = Effects(writes: [.put(path: "a/b", body: [1])], records: [Desk.effect()])

            let answer = await store.apply(conclusion(Desk.succeeded, effects))

            guard case .concluded(let concluded) = answer else {
                Issue.record("concluded, not \(answer)")
                return
            }
            #expect(concluded == Concluded(event: id, ready: [Desk.two]))
            let detail = try await store.detail(id.tagged(.callInvocation))
            #expect(detail?.summary.state == .succeeded)
            #expect(detail?.history.map(\.worker) == [77])
            #expect(try await store.event(id)?.invocations.count == 1)
            #expect(try await store.document("a/b").body == [1])
        }
    }

    @Test(
        "keeps the response for whoever asks again, and the first one stands",
        arguments: storeMakers)
    func storesResponses(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = response(1)
            var second = response(1)
            second.body = [2]
            let effects = Effects(writes: [.put(path: "a/b", body: [1])])

            _ = await store.apply(conclusion(response: first))
            let answer = await store.apply(
                conclusion(Desk.succeeded, effects, response: second, random: 43))

            #expect(store.refusal(answer) == .answered(first))
            #expect(try await store.document("a/b").version == 0)
            #expect(try await store.event(EventID(callAt: store.now, random: 43)) == nil)
            guard
                case .response(let found) = try await store.store.read(
                    .response(keyHash: first.keyHash))
            else { return }
            #expect(found == first)
            guard case .response(nil) = try await store.store.read(.response(keyHash: [7])) else {
                Issue.record("nothing is kept under another key")
                return
            }
        }
    }

    @Test("gives a key away again once its response expired", arguments: storeMakers)
    func responsesExpire(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await store.apply(conclusion(response: response(1, until: store.now + .seconds(1))))
            let later = Desk.ending(.succeeded, .succeeded, at: store.now + .seconds(2))

            let answer = await store.apply(conclusion(later, response: response(1), random: 43))

            #expect(store.refusal(answer) == nil)
        }
    }

    @Test("refuses a call that read what has changed, and records nothing", arguments: storeMakers)
    func checksReads(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let effects = Effects(
                reads: [DocumentRead(path: "a/b", version: 4)],
                writes: [.put(path: "a/b", body: [1])])

            let answer = await store.apply(
                conclusion(Desk.succeeded, effects, response: response(1)))

            #expect(store.refusal(answer) == .conflicted(paths: ["a/b"]))
            #expect(try await store.status().recorded == 0)
            #expect(
                store.refusal(await store.apply(conclusion(runs: 2, response: response(1)))) == nil)
        }
    }

    @Test("records how a call failed", arguments: storeMakers)
    func recordsFailures(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let failed = Desk.ending(Desk.failed, .dead(reason: "no luck"))
            let rejected = Desk.ending(.rejected(reason: "bad order"), .cancelled)
            _ = await store.apply(conclusion(failed))
            _ = await store.apply(conclusion(rejected, runs: 3, random: 43))

            let dead = try await store.detail(id.tagged(.callInvocation))
            #expect(dead?.summary.state == .dead && dead?.summary.charged == 1)
            #expect(dead?.history.map(\.error) == ["no luck"])
            let other = EventID(callAt: store.now, random: 43).tagged(.callInvocation)
            let cancelled = try await store.detail(other)
            #expect(
                cancelled?.summary.state == .cancelled && cancelled?.summary.error == "bad order")
            #expect(cancelled?.summary.runs == 3 && cancelled?.history.map(\.number) == [3])
        }
    }

    @Test("bounds the effects of calls like those of others", arguments: storeMakers)
    func boundsEffects(_ maker: StoreMaker) async throws {
        var limits = Limits()
        limits.backlogMax = 1
        try await maker(limits: limits) { (store) async throws in
            let effects = Effects(records: [Desk.effect(), Desk.effect(), Desk.effect()])

            #expect(
                store.refusal(await store.apply(conclusion(Desk.succeeded, effects)))
                    == .backlogFull(max: 2))
        }
    }
}
