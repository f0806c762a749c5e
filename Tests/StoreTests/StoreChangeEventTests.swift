import Contract
import Invocations
import Testing

@Suite("Every store, telling of documents that change")
struct StoreChangeEventTests {
    typealias Desk = StoreUnderTest

    private static let triggers = [
        TriggerDeclaration(
            function: "two",
            rule: .document(pattern: "orders/{id}", kinds: ["created", "updated", "deleted"])),
        TriggerDeclaration(
            function: "three", rule: .document(pattern: "orders/1", kinds: ["deleted"])),
    ]

    private func register(_ store: StoreUnderTest, _ triggers: [TriggerDeclaration] = triggers)
        async
    {
        let functions = Desk.names.map { FunctionDeclaration(name: $0, input: .document) }
        _ = await store.apply(
            .register(Registration(functions: functions, triggers: triggers, now: store.now)))
    }

    private func put(_ path: String, _ body: String) -> DocumentWrite {
        .put(path: path, body: Array(body.utf8))
    }

    private func write(
        _ store: StoreUnderTest, triggers: Bool = true, _ writes: DocumentWrite...
    ) async -> Written {
        let writing = Writing(
            writes.map { ConditionalWrite($0) }, origin: Origin(now: store.now), triggers: triggers)
        guard case .written(let written) = await store.apply(.write(writing)) else { fatalError() }
        return written
    }

    /// The data of what is handed out for `function`, which is settled at once.
    private func run(_ store: StoreUnderTest, _ function: FunctionNumber) async -> [String] {
        var data: [String] = []
        while true {
            let claimed = await store.claim(function).invocations
            if claimed.isEmpty { return data }
            for invocation in claimed {
                data.append(String(decoding: invocation.event.data, as: UTF8.self))
                _ = await store.settled(invocation.held)
            }
        }
    }

    @Test("carries both versions and both bodies, byte for byte, in order", arguments: storeMakers)
    func carries(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)

            let written = await write(
                store, put("orders/1", #"{"n": 1.0}"#), put("carts/1", "{}"),
                put("orders/1", #"{"n": 2}"#), .delete(path: "orders/1"), .delete(path: "orders/1"))

            #expect(written.ready == [Desk.two, Desk.three])
            #expect(
                await run(store, Desk.two) == [
                    #"{"path":"orders/1","kind":"created","version":1,"after":{"n": 1.0}}"#,
                    #"{"path":"orders/1","kind":"updated","version":3,"beforeVersion":1,"#
                        + #""before":{"n": 1.0},"after":{"n": 2}}"#,
                    #"{"path":"orders/1","kind":"deleted","version":4,"beforeVersion":3,"#
                        + #""before":{"n": 2}}"#,
                ])
            #expect(await run(store, Desk.three).count == 1)
            #expect(try await store.status().recorded == 4)
        }
    }

    @Test("hands out one change of a document at a time", arguments: storeMakers)
    func inOrder(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await write(
                store, put("orders/1", "{}"), put("orders/2", "{}"), put("orders/1", "{}"))

            let first = await store.claim(Desk.two).invocations
            let settled = await store.settled(first[0].held)
            let second = await store.claim(Desk.two).invocations

            #expect(first.map(\.event.subject) == ["orders/1", "orders/2"])
            #expect(settled.ready == [Desk.two])
            #expect(second.map(\.event.subject) == ["orders/1"])
        }
    }

    @Test("leaves no event where nobody wants one", arguments: storeMakers)
    func silent(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await write(store, triggers: false, put("orders/1", "{}"))
            _ = await write(store, put("carts/1", "{}"))
            await register(store, [])
            _ = await write(store, put("orders/2", "{}"))

            #expect(try await store.status().recorded == 0)
        }
    }

    @Test("names the attempt that wrote as the cause, in its commit", arguments: storeMakers)
    func cause(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let held = await store.start(Desk.one)
            let cause = EventID(.invocation, number: held.invocation.rawValue, at: store.now)
            let origin = Origin(now: store.now, cause: cause, depth: 3, sender: "command \"one\"")

            let settled = await store.settled(
                held, Desk.succeeded,
                Effects(writes: [put("orders/7", "{}")], origin: origin))
            let claimed = await store.claim(Desk.two).invocations

            #expect(settled.ready == [Desk.two])
            #expect(claimed[0].event.cause == cause && claimed[0].event.depth == 3)
            #expect(claimed[0].event.kind == .document)
        }
    }

    @Test("leaves a dead letter where events go too deep", arguments: storeMakers)
    func depth(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let held = await store.start(Desk.one)
            let cause = EventID(.invocation, number: held.invocation.rawValue, at: store.now)
            let origin = Origin(now: store.now, cause: cause, depth: 33, sender: "command \"one\"")

            _ = await store.settled(
                held, Desk.succeeded, Effects(writes: [put("orders/7", "{}")], origin: origin))
            let dead = try await store.list(InvocationFilter(state: .dead)).items

            #expect(dead.count == 1)
            #expect(
                dead.first?.error?.hasPrefix("depth 33 is over the 32 that \"two\" allows") == true)
        }
    }
}
