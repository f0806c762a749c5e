import Contract
import Invocations
import Testing

@Suite("Every store, listing")
struct StoreListingTests {
    typealias Desk = StoreUnderTest

    @Test("lists the newest first, page by page", arguments: storeMakers)
    func pages(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            var numbers: [InvocationNumber] = []
            for _ in 0..<5 { numbers.append(await store.record(Owed(function: Desk.one)).first) }

            let first = try await store.list(InvocationFilter(limit: 2))
            let second = try await store.list(InvocationFilter(before: first.next, limit: 2))
            let third = try await store.list(InvocationFilter(before: second.next, limit: 2))

            let listed = (first.items + second.items + third.items).map(\.number)
            #expect(listed == numbers.reversed() && third.next == nil)
        }
    }

    @Test("lists events, the newest first, by kind and subject", arguments: storeMakers)
    func events(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            func record(_ kind: InputKind, _ subject: String, _ cause: EventID? = nil) async
                -> Recorded
            {
                let event = NewEvent(
                    kind: kind, subject: subject, acceptedAt: store.now, data: [1], cause: cause)
                return await store.recorded(Record(event: event, owed: []))
            }
            let first = await record(.message, "orders")
            let second = await record(.tick, "orders", first.event)
            let third = await record(.message, "returns")
            func list(_ filter: EventFilter) async throws -> [EventNumber] {
                try await store.list(filter).items.map(\.number)
            }

            let page = try await store.list(EventFilter(limit: 2))
            let rest = try await store.list(EventFilter(before: page.next, limit: 2))

            #expect(page.items.map(\.number) == [third.number, second.number])
            #expect(
                page.items.last
                    == EventSummary(
                        id: second.event, number: second.number, kind: .tick, subject: "orders",
                        acceptedAt: store.now, cause: first.event))
            #expect(rest.items.map(\.id) == [first.event] && rest.next == nil)
            #expect(try await list(EventFilter(kind: .message)) == [third.number, first.number])
            #expect(
                try await list(EventFilter(subject: "orders")) == [second.number, first.number])
            #expect(try await list(EventFilter(kind: .tick, subject: "returns")).isEmpty)
        }
    }

    @Test("lists by state, function and event", arguments: storeMakers)
    func filters(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let dead = Desk.ending(.rejected(reason: "no"), .dead(reason: "no"))
            var buried: [InvocationNumber] = []
            for function in [Desk.one, Desk.two, Desk.one] {
                let held = await store.start(function)
                _ = await store.settled(held, dead)
                buried.append(held.invocation)
            }
            let running = await store.start(Desk.two)
            let both = await store.record(Owed(function: Desk.one), Owed(function: Desk.two))
            func list(_ filter: InvocationFilter) async throws -> [InvocationNumber] {
                try await store.list(filter).items.map(\.number)
            }

            #expect(try await list(InvocationFilter(state: .dead)) == buried.reversed())
            #expect(
                try await list(InvocationFilter(state: .dead, function: Desk.one)) == [
                    buried[2], buried[0],
                ])
            #expect(try await list(InvocationFilter(state: .running)) == [running.invocation])
            #expect(
                try await list(InvocationFilter(state: .ready, function: Desk.two)) == [
                    InvocationNumber(event: both.number, ordinal: 1)
                ])
            #expect(try await list(InvocationFilter(event: both.event)).count == 2)
            #expect(
                try await list(InvocationFilter(event: EventID(callAt: store.now, random: 5))) == []
            )
            let page = try await store.list(InvocationFilter(state: .dead, limit: 2))
            #expect(page.next == page.items.last?.number)
            #expect(
                try await list(InvocationFilter(state: .dead, before: page.next)) == [buried[0]])
        }
    }

    @Test("lists nothing of an event whose number is another one's here", arguments: storeMakers)
    func otherEvent(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let recorded = await store.record(Owed(function: Desk.one))
            let other = EventID(
                .event, number: recorded.number.rawValue, at: store.now - .hours(9))

            let items = try await store.list(InvocationFilter(event: recorded.event)).items
            #expect(items.map(\.number) == [recorded.first])
            #expect(try await store.list(InvocationFilter(event: other)).items.isEmpty)
        }
    }

    @Test("lists what waits, page by page, and followers among it", arguments: storeMakers)
    func waiting(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            var numbers: [InvocationState: [InvocationNumber]] = [:]
            for hour in 1...3 {
                let start = Owed.Start.at(store.now + .hours(Int64(4 - hour)))
                let later = await store.record(Owed(function: Desk.one, start: start))
                numbers[.scheduled, default: []].insert(later.first, at: 0)
                let held = await store.start(hour == 2 ? Desk.two : Desk.one)
                _ = await store.settled(
                    held, Desk.ending(Desk.failed, .retry(at: store.now + .hours(1))))
                numbers[.retrying, default: []].insert(held.invocation, at: 0)
                let ready = await store.record(Owed(function: Desk.one, orderingKey: "k"))
                numbers[.ready, default: []].insert(ready.first, at: 0)
            }

            for state in [InvocationState.scheduled, .retrying, .ready] {
                let first = try await store.list(InvocationFilter(state: state, limit: 2))
                let rest = try await store.list(
                    InvocationFilter(state: state, before: first.next, limit: 2))
                #expect((first.items + rest.items).map(\.number) == numbers[state])
                #expect(first.items.count == 2 && rest.next == nil)
            }
            let ofTwo = try await store.list(
                InvocationFilter(state: .retrying, function: Desk.two))
            #expect(ofTwo.items.count == 1 && ofTwo.next == nil)
            #expect(try await store.list(InvocationFilter(state: .cancelled)).items.isEmpty)
        }
    }

    @Test("counts everything, by state and by function", arguments: storeMakers)
    func counts(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await store.settled(await store.start())
            _ = await store.start(Desk.two)
            await store.record(Owed(function: Desk.two, start: .at(store.now + .hours(1))))

            let status = try await store.status()

            #expect(status.recorded == 3 && status.pruned == 0)
            #expect(status.counts[.succeeded] == 1 && status.counts[.running] == 1)
            #expect(status.functions[Desk.two]?[.scheduled] == 1)
            #expect(status.functions[Desk.one]?[.succeeded] == 1)
        }
    }
}
