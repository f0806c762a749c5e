import Contract
import Invocations
import Testing

@Suite("Every store, keeping schedules")
struct StorePlanningTests {
    typealias Desk = StoreUnderTest

    private func schedule(_ name: String, _ pattern: String = "* * * * *") -> ScheduleDeclaration {
        ScheduleDeclaration(
            name: name, function: "one", pattern: .cron(pattern), zone: "Europe/Berlin",
            missed: "latest", overlap: "skip", gap: "after", repeated: "first",
            jitterMilliseconds: 0)
    }

    private func plan(_ store: StoreUnderTest, _ planning: Planning) async -> Answer {
        await store.apply(.plan(planning))
    }

    private func rows(_ store: StoreUnderTest) async throws -> [ScheduleRow] {
        guard
            case .schedules(let rows) = try await store.store.read(.schedules(after: nil, limit: 9))
        else { fatalError() }
        return rows
    }

    private func firings(_ store: StoreUnderTest) async throws -> [FiringRow] {
        guard
            case .firings(let rows) = try await store.store.read(.firings(schedule: "s", limit: 9))
        else { fatalError() }
        return rows
    }

    private func fire(
        _ store: StoreUnderTest, _ minute: Int, after: Instant,
        _ overlap: Firing.Overlap = .skip, skips: [Skip] = [], start: Owed.Start = .whenClaimed,
        isByHand: Bool = false
    ) async -> Answer {
        let planned = store.now + .minutes(Int64(minute))
        let record = Record(
            event: NewEvent(kind: .tick, subject: "s", acceptedAt: planned, data: []),
            owed: [Owed(function: Desk.one, start: start)], comesFromOutside: false)
        return await plan(
            store,
            .fire(
                Firing(
                    schedule: "s", after: after, through: isByHand ? nil : planned,
                    ticks: [PlannedTick(planned: planned, record: record)], skips: skips,
                    overlap: overlap, now: planned)))
    }

    @Test("knows what the app declares, and retires what it no longer does", arguments: storeMakers)
    func declare(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await plan(store, .declare([schedule("a"), schedule("b")], now: store.now))
            let later = store.now + .minutes(5)
            _ = await plan(store, .set(schedule("mine"), now: later))
            _ = await plan(
                store, .declare([schedule("b"), schedule("a", "0 * * * *")], now: later))
            let both = try await rows(store)
            _ = await plan(store, .declare([schedule("b")], now: later))
            let one = try await rows(store)

            #expect(both.map(\.declaration.name) == ["a", "b", "mine"])
            #expect(both.map(\.cursor) == [later, store.now, later])
            #expect(both.map(\.isDeclared) == [true, true, false])
            #expect(one.map(\.isRetired) == [true, false, false])
        }
    }

    @Test("fires a planned instant once, whoever asks", arguments: storeMakers)
    func once(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            let first = await fire(store, 1, after: store.now)
            let again = await fire(store, 1, after: store.now)

            guard case .planned(let planned) = first else { fatalError() }
            #expect(planned.ready == [Desk.one] && planned.events.count == 1)
            #expect(planned.cursor == store.now + .minutes(1))
            #expect(store.refusal(again) == .firedMeanwhile(schedule: "s"))
            #expect(try await firings(store).map(\.event) == planned.events)
            #expect(try await store.status().recorded == 1)
        }
    }

    @Test("begins a tick at once where a slot is kept for it", arguments: storeMakers)
    func atOnce(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            let answer = await fire(store, 1, after: store.now, start: .now)
            guard case .planned(let planned) = answer, let recorded = planned.recorded.first ?? nil
            else { fatalError() }
            let started = try #require(recorded.started.first)
            let held = Held(
                invocation: InvocationNumber(event: recorded.number, ordinal: 0),
                lease: started.lease)
            let next = await fire(store, 2, after: store.now + .minutes(1), start: .now)

            #expect(planned.ready.isEmpty && started.ordinal == 0)
            guard case .planned(let leftOut) = next else { fatalError() }
            #expect(leftOut.recorded == [nil], "the one before runs")
            _ = await store.settled(held)
            #expect(try await store.status().counts[.succeeded] == 1)
        }
    }

    @Test("fires by hand beside a planned instant, as often as it is asked", arguments: storeMakers)
    func byHand(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            let planned = store.now + .minutes(1)
            for _ in 0..<2 {
                let record = Record(
                    event: NewEvent(kind: .tick, subject: "s", acceptedAt: planned, data: []),
                    owed: [Owed(function: Desk.one)], comesFromOutside: false)
                let firing = Firing(
                    schedule: "s", after: store.now, through: nil,
                    ticks: [PlannedTick(planned: planned, record: record)], overlap: .allow,
                    now: planned)
                #expect(store.refusal(await plan(store, .fire(firing))) == nil)
            }
            let answer = await fire(store, 1, after: store.now, .allow)

            #expect(store.refusal(answer) == nil)
            #expect(try await firings(store).count == 3)
            #expect(try await store.status().recorded == 3)
        }
    }

    @Test("leaves a tick out while the one before runs", arguments: storeMakers)
    func overlap(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            _ = await fire(store, 1, after: store.now)
            _ = await store.claim(Desk.one)
            guard case .planned(let planned) = await fire(store, 2, after: store.now + .minutes(1))
            else { fatalError() }

            #expect(planned.events == [nil])
            #expect(try await firings(store).map(\.reason) == [.overlap, nil])
            #expect(try await store.status().recorded == 1)
        }
    }

    @Test("lets a tick that waits give way to the next", arguments: storeMakers)
    func superseded(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            _ = await fire(store, 1, after: store.now)
            _ = await fire(store, 2, after: store.now + .minutes(1))
            _ = await fire(store, 3, after: store.now + .minutes(2), .allow)
            let cancelled = try await store.list(InvocationFilter(state: .cancelled)).items

            #expect(cancelled.map(\.error) == ["superseded"])
            #expect(await store.claim(Desk.one).invocations.count == 2)
        }
    }

    @Test("remembers what passed while a schedule was paused", arguments: storeMakers)
    func paused(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            _ = await plan(store, .pause("s", isPaused: true, now: store.now))
            let later = store.now + .hours(1)
            _ = await plan(store, .pause("s", isPaused: false, now: later))

            #expect(try await rows(store).map(\.cursor) == [later])
            #expect(
                try await firings(store) == [
                    FiringRow(
                        first: store.now + .milliseconds(1), last: later, reason: .paused)
                ])
        }
    }

    @Test("fires nothing planned once it is paused, and by hand even so", arguments: storeMakers)
    func pausedBefore(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            _ = await plan(store, .pause("s", isPaused: true, now: store.now))

            let planned = await fire(store, 1, after: store.now)
            let byHand = await fire(store, 2, after: store.now, isByHand: true)

            #expect(store.refusal(planned) == .firedMeanwhile(schedule: "s"))
            #expect(store.refusal(byHand) == nil)
            #expect(try await store.status().recorded == 1)
        }
    }

    @Test(
        "makes and removes with an attempt's commit what code does not declare",
        arguments: storeMakers)
    func atRunTime(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.register()
            _ = await plan(store, .declare([schedule("s")], now: store.now))
            let held = await store.start()
            let refused = await store.settle(
                held, Desk.succeeded, Effects(plans: [.set(schedule("s"), now: store.now)]))
            let made = await store.settle(
                held, Desk.succeeded,
                Effects(plans: [.set(schedule("customer-7"), now: store.now), .remove("none")]))

            #expect(store.refusal(refused) == .isDeclared(schedule: "s"))
            #expect(store.refusal(made) == nil)
            #expect(try await rows(store).map(\.declaration.name) == ["customer-7", "s"])
            #expect(
                store.refusal(await plan(store, .remove("s"))) == .isDeclared(schedule: "s"))
            #expect(
                store.refusal(await plan(store, .remove("zzz"))) == .unknownSchedule("zzz"))
            #expect(store.refusal(await plan(store, .remove("customer-7"))) == nil)
        }
    }
}
