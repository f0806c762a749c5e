import Contract
import Invocations
import Testing

@Suite("Every store, settling")
struct StoreSettlingTests {
    typealias Desk = StoreUnderTest

    @Test("ends what succeeded, with the one attempt that it took", arguments: storeMakers)
    func succeeds(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()

            #expect(await store.settled(held) == Settled())
            let detail = try await store.detail(held.invocation)
            #expect(detail.summary.state == .succeeded && detail.summary.error == nil)
            #expect(detail.summary.startedAt == store.now)
            #expect(detail.summary.finishedAt == store.now + .milliseconds(5))
            let attempt = AttemptRecord(
                number: 1, outcome: "succeeded", error: nil, beganAt: store.now,
                endedAt: store.now + .milliseconds(5), worker: 77)
            #expect(detail.history == [attempt])
        }
    }

    @Test(
        "keeps what an attempt answered where nobody waited for it", arguments: storeMakers,
        [
            ResponseData(
                status: 201, fields: [.init("Content-Type", "text/plain")], body: .whole([104])),
            ResponseData(status: 200, body: .long(bytes: 70_000)),
        ])
    func keepsResponses(_ maker: StoreMaker, _ response: ResponseData) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            var ending = Desk.succeeded
            ending.response = response

            _ = await store.settled(held, ending)
            let detail = try await store.detail(held.invocation)
            #expect(detail.history.map(\.response) == [response])
        }
    }

    @Test("refuses whoever does not hold the lease, and changes nothing", arguments: storeMakers)
    func guardsLeases(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            let old = Held(invocation: held.invocation, lease: Lease(held.lease.rawValue - 1))
            let unknown = Held(invocation: InvocationNumber(1 << 40), lease: held.lease)
            let effects = Effects(writes: [.put(path: "a/b", body: [1])])

            #expect(store.refusal(await store.settle(old, Desk.succeeded, effects)) == .leaseLost)
            #expect(store.refusal(await store.settle(unknown)) == .leaseLost)
            #expect(try await store.state(held.invocation) == .running)
            #expect(try await store.document("a/b").version == 0)
            _ = await store.settled(held)
            #expect(store.refusal(await store.settle(held)) == .leaseLost)
        }
    }

    @Test("waits for the retry of what failed, charged", arguments: storeMakers)
    func retries(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(3)
            let held = await store.start()

            let settled = await store.settled(held, Desk.ending(Desk.failed, .retry(at: due)))

            #expect(settled == Settled(dueAt: due))
            let summary = try await store.detail(held.invocation).summary
            #expect(summary.state == .retrying && summary.dueAt == due)
            #expect(summary.charged == 1 && summary.runs == 1 && summary.error == "no luck")
            #expect(await store.claim(Desk.one).nextDueAt == due)
        }
    }

    @Test("is ready again at once, uncharged, after an interruption", arguments: storeMakers)
    func again(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()

            let ending = Desk.ending(.interrupted(.drained), .again(suspect: false))
            #expect(await store.settled(held, ending).ready == [Desk.one])
            let next = await store.claim(Desk.one).invocations[0]
            #expect(next.charged == 0 && next.runs == 2 && next.suspicion == .none)
        }
    }

    @Test("runs again under a new lease after a conflict", arguments: storeMakers)
    func reruns(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()

            let settled = await store.settled(
                held, Desk.ending(.conflicted(paths: ["a/b"]), .rerun))
            let lease = try #require(settled.renewed)
            let detail = try await store.detail(held.invocation)

            #expect(lease > held.lease && settled.ready == [])
            #expect(
                detail.summary.state == .running && detail.summary.runs == 2
                    && detail.summary.charged == 0)
            #expect(detail.history.map(\.outcome) == ["conflicted"])
            #expect(store.refusal(await store.settle(held)) == .leaseLost)
            _ = await store.settled(Held(invocation: held.invocation, lease: lease))
            let history = try await store.detail(held.invocation).history
            #expect(
                history.map(\.outcome) == ["conflicted", "succeeded"]
                    && history.map(\.number) == [1, 2])
        }
    }

    @Test("buries what is dead, with the reason and every attempt", arguments: storeMakers)
    func dies(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let due = store.now + .seconds(1)
            let held = await store.start()
            _ = await store.settled(held, Desk.ending(Desk.failed, .retry(at: due)))
            let second = await store.claim(Desk.one, at: due).invocations[0].held
            _ = await store.settled(
                second, Desk.ending(.timedOut, .dead(reason: "enough"), at: due))

            let detail = try await store.detail(held.invocation)
            #expect(detail.summary.state == .dead && detail.summary.error == "enough")
            #expect(detail.summary.charged == 2 && detail.summary.runs == 2)
            #expect(detail.history.map(\.outcome) == ["failed", "timed out"])
            #expect(try await store.status().functions[Desk.one]?[.dead] == 1)
        }
    }

    @Test("ends what was cancelled while it ran", arguments: storeMakers)
    func cancels(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            _ = await store.settled(held, Desk.ending(.interrupted(.cancelled), .cancelled))

            #expect(try await store.state(held.invocation) == .cancelled)
            #expect(try await store.detail(held.invocation).history.count == 1)
        }
    }

    @Test("suspects, clears and convicts", arguments: storeMakers)
    func suspects(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let suspected = Desk.ending(.interrupted(.suspected), .again(suspect: true))
            let cleared = Desk.ending(.interrupted(.drained), .again(suspect: false))
            let crashed = Desk.ending(.crashed(error: "signal 11"), .retry(at: store.now))
            var held = await store.start()
            func next(after ending: Ending) async -> Suspicion {
                _ = await store.settled(held, ending)
                let claimed = await store.claim(Desk.one).invocations[0]
                held = claimed.held
                return claimed.suspicion
            }

            #expect(await next(after: suspected) == .suspect)
            #expect(await next(after: cleared) == .none)
            #expect(await next(after: crashed) == .convicted)
            #expect(await next(after: cleared) == .convicted)
            #expect(await next(after: suspected) == .convicted)
        }
    }

    @Test(
        "keeps the note of an attempt, even of one that succeeded at first", arguments: storeMakers)
    func keepsNotes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            _ = await store.settled(held, Desk.ending(.succeeded, .succeeded, note: "slow"))

            #expect(try await store.detail(held.invocation).history.map(\.note) == ["slow"])
        }
    }
}
