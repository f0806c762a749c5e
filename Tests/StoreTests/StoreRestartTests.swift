import Contract
import Invocations
import Testing

@Suite("Every store, after a restart")
struct StoreRestartTests {
    typealias Desk = StoreUnderTest

    @Test(
        "knows functions by name, whatever their order, and says who is gone",
        arguments: storeMakers)
    func keepsNumbers(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.two))
            try store.restart()

            let registered = await store.register(["three", "four", "one"])

            #expect(registered.functions.map(\.name) == ["one", "two", "three", "four"])
            #expect(registered.functions.map(\.number.rawValue) == [1, 2, 3, 4])
            #expect(registered.functions.map(\.isDeclared) == [true, false, true, true])
            #expect(registered.functions.map(\.owed) == [0, 1, 0, 0])
        }
    }

    @Test(
        "makes ready what ran, uncharged, with the attempt in its history", arguments: storeMakers)
    func recovers(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            _ = await store.settled(await store.start())
            try store.restart()

            let registered = await store.register(at: store.now + .seconds(9))

            #expect(registered.recovered == 1 && registered.charged == 0)
            let detail = try await store.detail(held.invocation)
            #expect(detail.summary.state == .ready)
            #expect(detail.history.map(\.outcome) == ["interrupted"])
            #expect(detail.history.map(\.error) == ["the host ended"])
            #expect(store.refusal(await store.settle(held)) == .leaseLost)
            let claimed = await store.claim(Desk.one).invocations[0]
            #expect(claimed.held.lease > held.lease && claimed.runs == 2 && claimed.charged == 0)
        }
    }

    @Test("leaves alone what this host runs when it registers again", arguments: storeMakers)
    func registersAgain(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()

            #expect(await store.register().recovered == 0)
            #expect(store.refusal(await store.settle(held)) == nil)
        }
    }

    @Test("suspects what ran at two ends, and charges what then ran alone", arguments: storeMakers)
    func suspects(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            func nextHost() async throws -> (Registered, ClaimedInvocation?) {
                try store.restart()
                let registered = await store.register(policies: Policies(retry: .never))
                return (registered, await store.claim(Desk.one).invocations.first)
            }

            let first = try await nextHost()
            let second = try await nextHost()
            let third = try await nextHost()

            #expect(first.1?.suspicion == .seenOnce && second.1?.suspicion == .suspect)
            #expect(second.0.charged == 0 && third.0.charged == 1 && third.1 == nil)
            let detail = try await store.detail(held.invocation)
            #expect(detail.summary.state == .dead && detail.summary.charged == 1)
            #expect(detail.history.map(\.outcome) == ["interrupted", "interrupted", "crashed"])
        }
    }

    @Test("charges by the policy: what may be tried again waits, convicted", arguments: storeMakers)
    func chargesByPolicy(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.one))
            for _ in 0..<3 {
                _ = await store.claim(Desk.one)
                try store.restart()
                await store.register(policies: Policies(retry: .fixed(.seconds(5), attempts: 3)))
            }

            let claimed = await store.claim(Desk.one, at: store.now + .seconds(5)).invocations[0]
            #expect(claimed.suspicion == .convicted && claimed.charged == 1 && claimed.runs == 4)
        }
    }

    @Test("never charges a function that is gone", arguments: storeMakers)
    func sparesTheGone(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            for _ in 0..<4 {
                try store.restart()
                await store.register(["two", "three"])
                _ = await store.claim(Desk.one)
            }

            #expect(try await store.detail(held.invocation).summary.charged == 0)
            #expect(try await store.state(held.invocation) == .running)
        }
    }

    @Test("ends what ran too often, charged or not", arguments: storeMakers)
    func boundsRuns(_ maker: StoreMaker) async throws {
        var limits = Limits()
        limits.runsMax = 2
        try await maker(limits: limits) { (store) async throws in
            let held = await store.start()
            try store.restart()
            await store.register()
            _ = await store.claim(Desk.one)
            try store.restart()
            await store.register()

            let summary = try await store.detail(held.invocation).summary
            #expect(summary.state == .dead)
            #expect(summary.error?.contains("ran 2 times") == true)
        }
    }

    @Test("keeps order keys, due times, keys and the backlog's count", arguments: storeMakers)
    func keepsEverything(_ maker: StoreMaker) async throws {
        var limits = Limits()
        limits.backlogMax = 3
        try await maker(limits: limits) { (store) async throws in
            let due = store.now + .seconds(5)
            let head = await store.start(orderingKey: "k")
            let follower = await store.record(Owed(function: Desk.one, orderingKey: "k"))
            let later = await store.record(
                Owed(function: Desk.two, start: .at(due)), key: Desk.key("a"))
            try store.restart()
            await store.register()

            let known = await store.record(Owed(function: Desk.two), key: Desk.key("a"))
            #expect(known.isDuplicate && known.event == later.event)
            let full = await store.apply(
                .record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)])))
            #expect(store.refusal(full) == .backlogFull(max: 3))
            let claimed = await store.claim(Desk.one)
            #expect(claimed.invocations.map(\.held.invocation) == [head.invocation])
            #expect(claimed.nextDueAt == due)
            #expect(await store.settled(claimed.invocations[0].held).ready == [Desk.one])
            #expect(
                await store.claim(Desk.one).invocations.map(\.held.invocation) == [follower.first])
        }
    }

    @Test("goes on numbering events", arguments: storeMakers)
    func keepsNumbering(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.record(Owed(function: Desk.one))
            try store.restart()

            #expect(await store.record(Owed(function: Desk.one)).number > first.number)
        }
    }
}
