import Contract
import Invocations
import Testing

@Suite("Every store, retrying and cancelling by hand")
struct StoreByHandTests {
    typealias Desk = StoreUnderTest

    private let dead = Desk.ending(.rejected(reason: "no"), .dead(reason: "no"))

    @Test("starts a new series of what has ended", arguments: storeMakers)
    func retriesTheEnded(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            for ending in [dead, Desk.succeeded, Desk.ending(.interrupted(.cancelled), .cancelled)]
            {
                let held = await store.start()
                _ = await store.settled(held, ending)

                let selected = await store.selected(.retry(.one(held.invocation), now: store.now))
                let claimed = await store.claim(Desk.one).invocations[0]
                _ = await store.settled(claimed.held)
                let detail = try await store.detail(held.invocation)

                #expect(selected.count == 1 && selected.ready == [Desk.one])
                #expect(claimed.runs == 1 && claimed.charged == 0 && claimed.firstRunAt == nil)
                #expect(detail.history.map(\.outcome) == [ending.outcome.name, "succeeded"])
                try await store.expectTheSum()
            }
        }
    }

    @Test("counts attempts on through all series", arguments: storeMakers)
    func countsOn(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            let later = store.now + .hours(1)
            _ = await store.settled(held, Desk.ending(Desk.failed, .retry(at: later)))
            _ = await store.selected(.retry(.one(held.invocation), now: store.now))
            _ = await store.settled(await store.claim(Desk.one).invocations[0].held, dead)

            _ = await store.selected(.retry(.one(held.invocation), now: store.now))
            let claimed = await store.claim(Desk.one).invocations[0]
            _ = await store.settled(claimed.held)
            let detail = try await store.detail(held.invocation)

            #expect(claimed.earlierRuns == 2 && claimed.runs == 1)
            #expect(detail.history.map(\.number) == [1, 2, 3])
            #expect(detail.summary.runs == 3)
        }
    }

    @Test("runs now what waits", arguments: storeMakers)
    func retriesTheWaiting(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let later = store.now + .hours(1)
            let held = await store.start()
            _ = await store.settled(held, Desk.ending(Desk.failed, .retry(at: later)))
            let scheduled = await store.record(Owed(function: Desk.one, start: .at(later)))

            for number in [held.invocation, scheduled.first] {
                #expect(await store.selected(.retry(.one(number), now: store.now)).count == 1)
            }
            let claimed = await store.claim(Desk.one)
            #expect(
                claimed.invocations.map(\.runs) == [2, 1]
                    && claimed.invocations.map(\.charged) == [1, 0])
            #expect(claimed.nextDueAt == nil)
        }
    }

    @Test("says who runs, who is ready anyway and who is unknown", arguments: storeMakers)
    func refusals(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            let ready = await store.record(Owed(function: Desk.one))
            let unknown = Selection.one(InvocationNumber(1 << 50))

            for change in [
                Change.retry(.one(held.invocation), now: store.now),
                .cancel(.one(held.invocation), now: store.now),
            ] {
                #expect(store.refusal(await store.apply(change)) == .isRunning(held))
            }
            #expect(
                await store.selected(.retry(.one(ready.first), now: store.now))
                    == Selected(count: 0, ready: [Desk.one]))
            #expect(
                store.refusal(await store.apply(.retry(unknown, now: store.now)))
                    == .unknownInvocation)
            #expect(
                store.refusal(await store.apply(.cancel(unknown, now: store.now)))
                    == .unknownInvocation)
            _ = await store.settled(held)
            let cancel = await store.apply(.cancel(.one(held.invocation), now: store.now))
            #expect(store.refusal(cancel) == .isFinished(.succeeded))
        }
    }

    @Test("cancels what waits or is ready", arguments: storeMakers)
    func cancels(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let ready = await store.record(Owed(function: Desk.one))
            let scheduled = await store.record(
                Owed(function: Desk.one, start: .at(store.now + .hours(1))))

            for number in [ready.first, scheduled.first] {
                #expect(
                    await store.selected(.cancel(.one(number), now: store.now))
                        == Selected(count: 1))
                let summary = try await store.detail(number).summary
                #expect(summary.state == .cancelled && summary.finishedAt == store.now)
                #expect(summary.startedAt == nil && summary.dueAt == nil)
            }
            #expect(await store.claim(Desk.one, at: store.now + .hours(2)).invocations.isEmpty)
        }
    }

    @Test("cancels all of a function, bounded, and names those that run", arguments: storeMakers)
    func cancelsMany(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            for _ in 0..<3 {
                await store.record(Owed(function: Desk.one), Owed(function: Desk.two))
            }
            await store.record(Owed(function: Desk.one, start: .at(store.now + .hours(1))))
            func cancel() async -> Selected {
                await store.selected(
                    .cancel(.matching(function: Desk.one, state: nil, max: 3), now: store.now))
            }

            let first = await cancel()
            let second = await cancel()
            #expect(first.count + first.running.count == 3 && first.hasMore)
            #expect(first.count + second.count >= 4 && !second.hasMore)
            #expect(second.running == [held])
            let counts = try await store.status().functions
            #expect(counts[Desk.one]?[.cancelled] == 4 && counts[Desk.two]?[.ready] == 3)
        }
    }

    @Test("retries dead letters by function, bounded, the oldest first", arguments: storeMakers)
    func retriesMany(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            var numbers: [InvocationNumber] = []
            for _ in 0..<3 {
                let held = await store.start()
                _ = await store.settled(held, dead)
                numbers.append(held.invocation)
            }
            _ = await store.settled(await store.start(Desk.two), dead)
            func retry(_ function: FunctionNumber?, _ state: InvocationState?) async -> Selected {
                await store.selected(
                    .retry(.matching(function: function, state: state, max: 2), now: store.now))
            }

            let first = await retry(Desk.one, .dead)
            #expect(first == Selected(count: 2, hasMore: true, ready: [Desk.one]))
            #expect(
                await store.claim(Desk.one).invocations.map(\.held.invocation)
                    == Array(numbers.prefix(2)))
            #expect(await retry(nil, nil).count == 2)
            #expect(await retry(nil, nil) == Selected(count: 0))
        }
    }

    @Test(
        "retries dead letters of all functions, one function's after the other's",
        arguments: storeMakers)
    func retriesInTurn(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await store.settled(await store.start(Desk.two), dead)
            _ = await store.settled(await store.start(), dead)

            let retried = await store.selected(
                .retry(.matching(function: nil, state: .dead, max: 1), now: store.now))

            #expect(retried == Selected(count: 1, hasMore: true, ready: [Desk.one]))
        }
    }

    @Test("names all that run once nothing else is left to cancel", arguments: storeMakers)
    func cancelsTheRunning(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            var held: [Held] = []
            for _ in 0..<4 { held.append(await store.start()) }
            held.append(await store.start(Desk.two))
            await store.record(Owed(function: Desk.one))
            func cancel(_ state: InvocationState?) async -> Selected {
                await store.selected(
                    .cancel(.matching(function: nil, state: state, max: 2), now: store.now))
            }

            #expect(await cancel(.running) == Selected(count: 0, running: held))
            #expect(await cancel(nil) == Selected(count: 1, running: held))
        }
    }
}
