import Contract
import Invocations
import Testing

@Suite("Every store, pruning")
struct StorePruningTests {
    typealias Desk = StoreUnderTest

    private let dead = Desk.ending(.rejected(reason: "no"), .dead(reason: "no"))

    /// Prunes slice after slice until nothing is left to do.
    private func prune(
        _ store: StoreUnderTest, history: Instant = Desk.now, dead: Instant = Desk.now,
        historyBytes: Int = .max, deadBytes: Int = .max, at now: Instant = Desk.now
    ) async -> Pruned {
        let pruning = Pruning(
            historyBefore: history, deadBefore: dead, historyBytesMax: historyBytes,
            deadBytesMax: deadBytes, now: now, timeMax: .milliseconds(1))
        var sum = Pruned()
        while true {
            guard case .pruned(let pruned) = await store.apply(.prune(pruning)) else {
                fatalError()
            }
            sum.invocations += pruned.invocations
            sum.dead += pruned.dead
            if !pruned.hasMore { return sum }
        }
    }

    @Test(
        "forgets what was finished before, and its event with the last of it",
        arguments: storeMakers)
    func forgets(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let recorded = await store.record(
                Owed(function: Desk.one, start: .now), Owed(function: Desk.two))
            let held = Held(invocation: recorded.first, lease: recorded.started[0].lease)
            _ = await store.settled(held)
            let later = store.now + .hours(1)

            #expect(await prune(store, history: store.now + .milliseconds(5)) == Pruned())
            #expect(await prune(store, history: later) == Pruned(invocations: 1))
            #expect(
                try await store.event(recorded.event)?.invocations.map(\.function) == [Desk.two])
            let other = await store.claim(Desk.two).invocations[0].held
            _ = await store.settled(other)
            #expect(await prune(store, history: later) == Pruned(invocations: 1))
            #expect(try await store.event(recorded.event) == nil)
            let status = try await store.status()
            #expect(status.recorded == 2 && status.pruned == 2)
        }
    }

    @Test("keeps what is owed or dead, and forgets it once it ended", arguments: storeMakers)
    func keepsTheOwed(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let later = store.now + .hours(1)
            let running = await store.start()
            let died = await store.start()
            _ = await store.settled(died, dead)
            await store.record(Owed(function: Desk.two))
            for _ in 0..<100 { _ = await store.settled(await store.start()) }

            #expect(await prune(store, history: later) == Pruned(invocations: 100))
            #expect(try await store.state(running.invocation) == .running)
            _ = await store.settled(running, Desk.ending(.succeeded, .succeeded, at: later))
            #expect(await prune(store, history: later) == Pruned())
            #expect(await prune(store, history: later + .hours(1)) == Pruned(invocations: 1))
            #expect(await prune(store, history: later, dead: later) == Pruned(dead: 1))
            #expect(await store.claim(Desk.two).invocations.count == 1)
        }
    }

    @Test("forgets what a person retried only after its new end", arguments: storeMakers)
    func forgetsTheRetried(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let held = await store.start()
            let open = await store.start()
            _ = await store.settled(
                held, Desk.ending(.succeeded, .succeeded, at: store.now + .minutes(1)))
            #expect(await prune(store, history: store.now + .seconds(1)) == Pruned())
            _ = await store.selected(.retry(.one(held.invocation), now: store.now))

            #expect(await prune(store, history: store.now + .hours(1)) == Pruned())
            let again = await store.claim(Desk.one).invocations[0].held
            _ = await store.settled(
                again, Desk.ending(.succeeded, .succeeded, at: store.now + .hours(2)))
            #expect(await prune(store, history: store.now + .hours(1)) == Pruned())
            #expect(await prune(store, history: store.now + .hours(3)) == Pruned(invocations: 1))
            #expect(try await store.state(open.invocation) == .running)
        }
    }

    @Test("forgets an event that nobody wanted", arguments: storeMakers)
    func forgetsTheUnwanted(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let recorded = await store.record()

            _ = await prune(store, history: store.now)
            #expect(try await store.event(recorded.event) != nil)
            _ = await prune(store, history: store.now + .seconds(1))
            #expect(try await store.event(recorded.event) == nil)
        }
    }

    @Test("passes by what a clock recorded that was a year ahead", arguments: storeMakers)
    func passesTheFuture(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let ahead = store.now + .days(365)
            let early = await store.start(at: ahead)
            _ = await store.settled(early, Desk.ending(.succeeded, .succeeded, at: ahead))
            let unwanted = await store.record(at: ahead)
            _ = await store.settled(await store.start())
            let later = store.now + .hours(1)

            #expect(await prune(store, history: later, at: later) == Pruned(invocations: 1))
            #expect(try await store.event(unwanted.event) != nil)
            let last = ahead + .hours(1)
            #expect(await prune(store, history: last, at: last) == Pruned(invocations: 1))
            #expect(try await store.event(unwanted.event) == nil)
        }
    }

    @Test("forgets the oldest while there is too much", arguments: storeMakers)
    func boundsBytes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let data = [UInt8](repeating: 1, count: 20_000)
            for _ in 0..<100 { _ = await store.settled(await store.start(data: data)) }
            let newest = await store.start(data: data)
            _ = await store.settled(newest)

            let pruned = await prune(store, historyBytes: 1_000_000)

            #expect((40...80).contains(pruned.invocations))
            #expect(try await store.state(newest.invocation) == .succeeded)
            #expect(await prune(store, historyBytes: 1_000_000).invocations <= 1)
        }
    }

    @Test("forgets the oldest dead letters while they take too much", arguments: storeMakers)
    func boundsTheDead(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            var held: [Held] = []
            for _ in 0..<10 {
                held.append(await store.start(data: Array(repeating: 1, count: 10_000)))
            }
            for (index, held) in held.enumerated() {
                let end = Desk.ending(
                    .timedOut, .dead(reason: "late"), at: store.now + .seconds(index))
                _ = await store.settled(held, end)
            }
            _ = await store.selected(.retry(.one(held[0].invocation), now: store.now))

            #expect(await prune(store, deadBytes: 43_000) == Pruned(dead: 5))
            #expect(try await store.state(held[6].invocation) == .dead)
            #expect(try await store.state(held[0].invocation) == .ready)
        }
    }

    @Test(
        "forgets keys and responses when they expire, whatever became of their event",
        arguments: storeMakers)
    func forgetsKeys(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let end = store.now + .hours(1)
            let first = await store.record(
                Owed(function: Desk.one, start: .now), key: Desk.key("a", until: end))
            let held = Held(invocation: first.first, lease: first.started[0].lease)
            _ = await store.settled(held)
            _ = await prune(store, history: store.now + .seconds(1))

            let known = await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            #expect(known.isDuplicate && known.event == first.event)
            #expect(try await store.event(first.event) == nil)
            _ = await prune(store, at: end)
            let new = await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            #expect(!new.isDuplicate)
        }
    }
}
