import Contract
import Invocations
import Testing

@Suite("Every store, recording")
struct StoreRecordingTests {
    typealias Desk = StoreUnderTest

    @Test("keeps an event exactly as it was", arguments: storeMakers)
    func keepsEvents(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let event = NewEvent(
                kind: .message, subject: "orders.placed", acceptedAt: store.now,
                data: [0, 255, 10, 0],
                dataContentType: "text/x-\u{e9}", attributes: ["b": "2", "a": ""],
                trace: TraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                traceState: "vendor=1", cause: EventID(.invocation, number: 7, at: store.now),
                depth: 3)

            let recorded = await store.recorded(
                Record(event: event, owed: [Owed(function: Desk.one)]))
            let found = try await store.event(recorded.event)

            #expect(found?.event == event.numbered(recorded.number))
            #expect(found?.invocations.map(\.state) == [.ready])
            #expect(found?.invocations.map(\.event) == [recorded.event])
        }
    }

    @Test("keeps an event without data, and one that nobody wants", arguments: storeMakers)
    func keepsEmptyEvents(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let empty = await store.record(Owed(function: Desk.one), data: [])
            let unwanted = await store.record()

            #expect(try await store.event(empty.event)?.event.data == [])
            #expect(try await store.event(unwanted.event)?.invocations == [])
            #expect(unwanted.ready == [])
        }
    }

    @Test("numbers events in the order of the commits", arguments: storeMakers)
    func numbersEvents(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let changes = (0..<5).map { _ in
                Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))
            }

            let answers = await store.store.commit(changes)

            let numbers = answers.compactMap { answer -> Int64? in
                guard case .recorded(let recorded) = answer else { return nil }
                return recorded.number.rawValue
            }
            #expect(numbers.count == 5 && numbers == numbers.sorted() && Set(numbers).count == 5)
        }
    }

    @Test("owes one event to several functions", arguments: storeMakers)
    func fansOut(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let recorded = await store.record(
                Owed(function: Desk.one), Owed(function: Desk.two, start: .now),
                Owed(function: Desk.three, start: .at(store.now + .seconds(5))))

            #expect(recorded.ready == [Desk.one])
            #expect(recorded.started.map(\.ordinal) == [1])
            let found = try #require(try await store.event(recorded.event))
            #expect(found.invocations.map(\.function) == [Desk.one, Desk.two, Desk.three])
            #expect(found.invocations.map(\.state) == [.ready, .running, .scheduled])
            #expect(found.invocations[2].dueAt == store.now + .seconds(5))
        }
    }

    @Test("starts at once what has a slot, under a lease that only grows", arguments: storeMakers)
    func startsAtOnce(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.start()
            let second = await store.start()

            #expect(first.lease < second.lease)
            #expect(await store.claim(Desk.one).invocations.isEmpty)
            #expect(try await store.detail(first.invocation).summary.runs == 1)
        }
    }

    @Test("finds a call by the identifier that it was given", arguments: storeMakers)
    func findsCalls(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let id = EventID(callAt: store.now, random: 0x1234_5678_9abc)
            let event = Desk.event(callID: id)

            let recorded = await store.recorded(
                Record(event: event, owed: [Owed(function: Desk.one)]))

            #expect(recorded.event == id)
            #expect(try await store.event(id)?.event.id == id)
            let detail = try await store.detail(id.tagged(.callInvocation))
            #expect(detail?.summary.event == id)
            #expect(detail?.summary.id == id.tagged(.callInvocation))
            #expect(
                await store.claim(Desk.one).invocations.map(\.id) == [id.tagged(.callInvocation)])
        }
    }

    @Test(
        "finds nothing under an identifier that is not quite one of its own", arguments: storeMakers
    )
    func findsNothing(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let recorded = await store.record(Owed(function: Desk.one))

            let later = EventID(
                .event, number: recorded.number.rawValue, at: store.now + .seconds(1))
            #expect(try await store.event(later) == nil)
            #expect(try await store.event(recorded.event.tagged(.invocation)) == nil)
            #expect(try await store.detail(recorded.event) == nil)
            #expect(try await store.event(EventID(callAt: store.now, random: 1)) == nil)
        }
    }

    @Test("makes a dead letter of what never may run, and says why", arguments: storeMakers)
    func recordsDeadLetters(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let tooDeep = TooDeep(function: "one", depth: 1, depthMax: 0, sender: "a test")
            let recorded = await store.record(Owed(function: Desk.one, start: .never(tooDeep)))

            let summary = try await store.detail(recorded.first).summary
            #expect(summary.state == .dead && summary.error == tooDeep.reason(chain: []))
            #expect(summary.startedAt == nil && summary.finishedAt == store.now)
            #expect(recorded.ready == [])
        }
    }

    // MARK: keys

    @Test("answers a known key with the event that has it", arguments: storeMakers)
    func knowsKeys(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            let second = await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            let other = await store.record(
                Owed(function: Desk.one), key: Desk.key("a", trigger: "topic/x"))

            #expect(!first.isDuplicate && second.isDuplicate && !other.isDuplicate)
            #expect(second.event == first.event && second.number == first.number)
            #expect(try await store.status().recorded == 2)
        }
    }

    @Test("knows a key that comes twice in one commit", arguments: storeMakers)
    func knowsKeysOfTheCommit(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let record = Record(
                event: Desk.event(), key: Desk.key("a"), owed: [Owed(function: Desk.one)])

            let answers = await store.store.commit([.record(record), .record(record)])

            guard case .recorded(let first) = answers[0], case .recorded(let second) = answers[1]
            else {
                Issue.record("both are answered")
                return
            }
            #expect(second.isDuplicate && second.event == first.event)
        }
    }

    @Test("forgets a key when it expires, not before", arguments: storeMakers)
    func forgetsKeys(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let end = store.now + .seconds(10)
            await store.record(Owed(function: Desk.one), key: Desk.key("a", until: end))

            let before = await store.record(
                Owed(function: Desk.one), key: Desk.key("a", until: end), at: end - .milliseconds(1)
            )
            let after = await store.record(
                Owed(function: Desk.one), key: Desk.key("a", until: end + .hours(1)), at: end)
            let again = await store.record(Owed(function: Desk.one), key: Desk.key("a"), at: end)

            #expect(before.isDuplicate && !after.isDuplicate && again.isDuplicate)
            #expect(again.event == after.event)
        }
    }

    @Test("tells apart keys that are equal only as texts", arguments: storeMakers)
    func comparesBytes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await store.record(Owed(function: Desk.one), key: Desk.key("\u{e9}"))
            let other = await store.record(Owed(function: Desk.one), key: Desk.key("e\u{301}"))

            #expect(!other.isDuplicate)
        }
    }

    // MARK: the backlog

    @Test("takes from outside what fits the backlog, and not one more", arguments: storeMakers)
    func boundsTheBacklog(_ maker: StoreMaker) async throws {
        var limits = Limits()
        limits.backlogMax = 2
        try await maker(limits: limits) { (store) async throws in
            await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            await store.record(Owed(function: Desk.one))

            let record = Record(event: Desk.event(), owed: [Owed(function: Desk.one)])
            #expect(store.refusal(await store.apply(.record(record))) == .backlogFull(max: 2))
            let known = await store.record(Owed(function: Desk.one), key: Desk.key("a"))
            #expect(known.isDuplicate)
            let held = await store.claim(Desk.one, max: 1).invocations[0].held
            _ = await store.settled(held)
            #expect(store.refusal(await store.apply(.record(record))) == nil)
        }
    }

    @Test("lets effects pass the backlog up to twice", arguments: storeMakers)
    func boundsEffects(_ maker: StoreMaker) async throws {
        var limits = Limits()
        limits.backlogMax = 2
        try await maker(limits: limits) { (store) async throws in
            let held = await store.start()

            let three = Effects(records: [Desk.effect(), Desk.effect(), Desk.effect()])
            #expect(await store.settled(held, Desk.succeeded, three).ready == [Desk.two])
            let next = await store.claim(Desk.two, max: 1).invocations[0].held
            let two = Effects(records: [Desk.effect(), Desk.effect()])
            let refused = await store.settle(next, Desk.succeeded, two)
            #expect(store.refusal(refused) == .backlogFull(max: 4))
            #expect(try await store.state(next.invocation) == .running)
        }
    }
}
