import Contract
import Testing

@testable import Roost

private struct Order: Codable, Sendable, Equatable, Identifiable {
    var id: String
    var total: Int
    var tags: [String]?
}

private struct Placed: Codable, Sendable, Equatable { var id: String }
private struct Receipt: Codable, Sendable, Equatable { var order: String }

private let orders = DocumentCollection<Order>("orders")
private let placed = Topic<Placed>("orders.placed")
private let sendReceipt = Function("send-receipt") { (_: Command<Receipt>, _) in }

private let createOrder = Function("create-order") { (request: WebRequest, context) in
    let order = try request.json(Order.self)
    guard order.total > 0 else { throw Rejection("nothing was ordered") }
    try await context[orders].create(order)
    try context.publish(Placed(id: order.id), to: placed)
    try context.send(Receipt(order: order.id), to: sendReceipt, after: .seconds(30), key: order.id)
    context.logger.info("placed")
    return .json(order, status: .created)
}

/// Runs `body` as a handler would.
private func handling(
    _ desk: Rehearsal, _ body: @escaping @Sendable (Context) async throws -> Void
) async throws {
    let function = Function("test") { (_: Command<Int>, context) in try await body(context) }
    try await function(Command(1), desk.context)
}

@Suite("A rehearsal") struct RehearsalTests {
    @Test("shows what a function put, published, sent, logged and answered")
    func showsEffects() async throws {
        let desk = Rehearsal()
        let order = Order(id: "o-1", total: 5)

        let response = try await createOrder(
            WebRequest(.post, "/orders", json: order), desk.context)

        #expect(response.status == .created)
        #expect(response.text == #"{"id":"o-1","total":5}"#)
        #expect(try desk.documents(in: orders) == ["o-1": order])
        #expect(try desk.published(to: placed) == [Placed(id: "o-1")])
        #expect(try desk.sent(to: sendReceipt) == [Receipt(order: "o-1")])
        #expect(try desk.delays(to: sendReceipt) == [.seconds(30)])
        #expect(desk.logged == ["info: placed"])
    }

    @Test("drops what a function wrote that throws")
    func dropsEffectsOfFailure() async throws {
        let desk = Rehearsal()
        let fails = Function("fails") { (_: Command<Int>, context) in
            try context[orders].put(Order(id: "o-1", total: 1))
            throw RetryLater(after: .seconds(5))
        }

        await #expect(throws: RetryLater.self) { try await fails(Command(1), desk.context) }

        #expect(try desk.documents(in: orders).isEmpty)
    }

    @Test("lets a function see what an earlier one committed")
    func seesEarlierCommit() async throws {
        let desk = Rehearsal()
        try desk.put(Order(id: "o-1", total: 1), id: "o-1", in: orders)
        let request = try WebRequest(.post, "/orders", json: Order(id: "o-1", total: 2))

        let error = await #expect(throws: AlreadyExists.self) {
            try await createOrder(request, desk.context)
        }

        #expect(error?.description == #"the document "orders/o-1" exists already"#)
    }

    @Test("counts a message and a command with a key once")
    func dropsKnownKeys() async throws {
        let desk = Rehearsal()

        for _ in 0..<2 {
            try await handling(desk) { context in
                try context.publish(Placed(id: "a"), to: placed, key: "k")
                try context.send(Receipt(order: "a"), to: sendReceipt, key: "k")
                try context.send(Receipt(order: "a"), to: sendReceipt)
            }
        }

        #expect(try desk.published(to: placed).count == 1)
        #expect(try desk.sent(to: sendReceipt).count == 3)
    }

    @Test("answers calls to other services, which carry trace and idempotency key")
    func answersCalls() async throws {
        let desk = Rehearsal(web: { call in try WebClientResponse(json: ["url": call.url]) })
        let charge = Function("charge") { (_: Command<Int>, context) in
            _ = try await context.http.get("https://pay.example.com/1")
            _ = try await context.http.post("https://pay.example.com/2", json: ["a": 1])
            _ = try await context.http.post(
                "https://pay.example.com/3", json: ["a": 1], once: "tip")
            let headers: HTTPFields = [HTTPField.Name("Idempotency-Key")!: "mine"]
            _ = try await context.http.send(.patch, "https://pay.example.com/4", headers: headers)
            _ = try await context.http.send(.patch, "https://pay.example.com/5")
        }

        try await charge(Command(1), desk.context(attempt: 2, onceKey: "once"))

        let keys = desk.calls.map { $0.headers[HTTPField.Name("Idempotency-Key")!] }
        #expect(keys == [nil, "once-1", "once-tip", "mine", "once-2"])
        #expect(desk.calls.allSatisfy { $0.headers[HTTPField.Name("traceparent")!]?.count == 55 })
    }

    @Test("says so where nothing answers a call")
    func refusesCalls() async throws {
        let error = await #expect(throws: WebClientError.self) {
            try await handling(Rehearsal()) { _ = try await $0.http.get("http://x.example.com") }
        }

        #expect(
            error?.description == "GET http://x.example.com: nothing answers in this rehearsal; "
                + "give it something: Rehearsal(web: { call in … })")
    }

    @Test("knows the secrets that it was given, and names the others")
    func knowsSecrets() async throws {
        let desk = Rehearsal(secrets: ["STRIPE": "sk"])

        #expect(try desk.context.secret("STRIPE") == "sk")
        let error = #expect(throws: ContextError.self) { try desk.context.secret("OTHER") }
        #expect(
            error?.description == "the function does not declare the secret \"OTHER\"; "
                + "add it: Function(…, secrets: [\"OTHER\"])")
    }
}

@Suite("A collection, to a handler") struct CollectionRepositoryTests {
    @Test("reads its own writes, merged onto what is committed")
    func readsOwnWrites() async throws {
        let desk = Rehearsal()
        try desk.put(Order(id: "a", total: 1, tags: ["x"]), id: "a", in: orders)

        try await handling(desk) { context in
            try context[orders].merge(["total": .increment(2), "tags": .append(["y"])], id: "a")
            #expect(
                try await context[orders].get("a") == Order(id: "a", total: 3, tags: ["x", "y"]))
            try context[orders].put(Order(id: "a", total: 10))
            #expect(try await context[orders].get("a") == Order(id: "a", total: 10))
            try context[orders].delete("a")
            #expect(try await context[orders].get("a") == nil)
            try context[orders].merge(["id": .set("a"), "total": .increment(1)], id: "a")
            #expect(try await context[orders].get("a") == Order(id: "a", total: 1))
        }

        #expect(try desk.documents(in: orders) == ["a": Order(id: "a", total: 1)])
    }

    @Test("refuses to list what the attempt wrote to")
    func refusesListAfterWrite() async throws {
        try await handling(Rehearsal()) { context in
            #expect(try await context[orders].list().items.isEmpty)
            try context[orders].put(Order(id: "a", total: 1))
            let error = await #expect(throws: ReadAfterWrite.self) {
                try await context[orders].list()
            }
            #expect(
                error?.description
                    == "\"orders\" was written by this attempt, and only a commit makes that "
                    + "readable; read it before the first write, or get single documents by their id"
            )
            await #expect(throws: ReadAfterWrite.self) { try await context[orders].versioned("a") }
            let notes = Subcollection<Order, Order>("notes", of: orders)
            #expect(try await context[notes, in: "a"].list().items.isEmpty)
        }
    }

    @Test("lists pages in the order of identifiers")
    func listsPages() async throws {
        let desk = Rehearsal()
        for id in ["b", "a", "c"] { try desk.put(Order(id: id, total: 1), id: id, in: orders) }

        try await handling(desk) { context in
            let first = try await context[orders].list(limit: 2)
            #expect(first.items.map(\.id) == ["a", "b"])
            #expect(first.next == "b")
            let second = try await context[orders].list(after: first.next, limit: 2)
            #expect(second.items.map(\.id) == ["c"])
            #expect(second.next == nil)
        }
    }

    @Test("lists and sorts a document whose identifier begins with a combining mark")
    func listsMarks() async throws {
        let desk = Rehearsal()
        try desk.put(Order(id: "a", total: 1), id: "\u{301}a", in: orders)

        try await handling(desk) { context in
            let listed = try await context[orders].list()
            let sorted = try await context[orders].query(sort: "total")
            #expect(listed.items.map(\.id) == ["\u{301}a"])
            #expect(sorted.items.map(\.id) == ["\u{301}a"])
        }
        #expect(try Array(desk.documents(in: orders).keys) == ["\u{301}a"])
    }

    @Test("writes only to the version that is named")
    func checksVersions() async throws {
        let desk = Rehearsal()
        try desk.put(Order(id: "a", total: 1), id: "a", in: orders)

        try await handling(desk) { context in
            let found = try #require(try await context[orders].versioned("a"))
            let error = await #expect(throws: VersionMismatch.self) {
                try await context[orders].put(found.document, ifVersion: found.version + 1)
            }
            #expect(error?.description == "the document \"orders/a\" has version 1, expected 2")
            await #expect(throws: VersionMismatch.self) {
                try await context[orders].delete("absent", ifVersion: 3)
            }
            try await context[orders].put(Order(id: "b", total: 1), ifVersion: 0)
            try await context[orders].delete("a", ifVersion: found.version)
        }

        #expect(try desk.documents(in: orders).keys.sorted() == ["b"])
    }

    @Test("keeps every document that was read, found or absent, with its first version")
    func keepsReadSet() async throws {
        let desk = Rehearsal()
        try desk.put(Order(id: "a", total: 1), id: "a", in: orders)
        let context = desk.context

        _ = try await context[orders].get("a")
        _ = try await context[orders].get("b")
        try desk.put(Order(id: "a", total: 2), id: "a", in: orders)
        _ = try await context[orders].list()

        #expect(
            context.running.withRecord { $0.reads } == [
                DocumentRead(path: "orders/a", version: 1),
                DocumentRead(path: "orders/b", version: 0),
            ])
    }
}
