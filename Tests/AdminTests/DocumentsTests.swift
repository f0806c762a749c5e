import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Documents in the admin API")
struct DocumentsTests {
    @Test("are read with their version as ETag")
    @LoopActor
    func read() async throws {
        try await withDesk { desk in
            desk.store.page { _ in
                .documents([.init(path: "orders/7", version: 12, body: Array(#"{"a": 1}"#.utf8))])
            }
            let found = try await desk.ask("GET /v1/documents/orders/7")
            let known = try await desk.ask(
                "GET /v1/documents/orders/7", fields: ["If-None-Match: \"12\""])

            #expect(found.body == #"{"a": 1}"#)
            #expect(found.field("etag") == "\"12\"")
            #expect(known.status == 304)
            #expect(desk.store.queries.first == .document(path: "orders/7"))
        }
    }

    @Test("are not found where there is none")
    @LoopActor
    func absent() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .documents([.init(path: "orders/7", version: 0, body: [])]) }
            let reply = try await desk.ask("GET /v1/documents/orders/7")

            #expect(try reply.problem(404) == "no document is at \"orders/7\"")
        }
    }

    @Test("of a collection are listed in pages")
    @LoopActor
    func list() async throws {
        try await withDesk { desk in
            desk.store.page { _ in
                .documents(
                    (1...3).map { .init(path: "orders/\($0)", version: 5, body: Array("{}".utf8)) })
            }
            let reply = try await desk.ask("GET /v1/documents/orders?limit=2&after=0")

            #expect(
                reply.body == """
                    {"items":[{"id":"1","path":"orders/1","version":5,"data":{}},\
                    {"id":"2","path":"orders/2","version":5,"data":{}}],"next":"2"}
                    """)
            #expect(desk.store.queries == [.documents(collection: "orders", after: "0", limit: 3)])
        }
    }

    @Test("are asked for by field, and a bad filter shows its place")
    @LoopActor
    func filtered() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .documents([]) }
            let fine = try await desk.ask(
                "GET /v1/documents/orders?where=state%3D%3Dopen&where=n%3E3&limit=2")
            let bad = try await desk.ask("GET /v1/documents/orders?where=state")
            desk.store.page { _ in .scanned(10_000) }
            let many = try await desk.ask("GET /v1/documents/orders?where=a%3D%3D1")

            let filters = [try DocumentFilter("state==open"), try DocumentFilter("n>3")]
            #expect(fine.status == 200)
            #expect(
                desk.store.queries.first
                    == .documentsWhere(
                        collection: "orders", filters: filters, after: nil, limit: 3,
                        scannedMax: 10_000))
            #expect(
                try bad.problem(400)
                    == "where \"state\": at character 6 a comparison is missing; expected "
                    + "==, !=, <, <=, >, >= or in")
            #expect(
                try many.problem(422)
                    == "the query looked at 10000 documents of \"orders\", which is the most, and its "
                    + "page is not full; ask for fewer at once with limit, or keep what is looked for "
                    + "in a collection of its own")
        }
    }

    @Test("are written under a condition")
    @LoopActor
    func write() async throws {
        try await withDesk { desk in
            let line = "PUT /v1/documents/orders/7"
            let created = try await desk.ask(line, #"{"a": 1}"#, fields: ["If-None-Match: *"])
            let replaced = try await desk.ask(line, "{}", fields: ["If-Match: \"7\""])
            let deleted = try await desk.ask("DELETE /v1/documents/orders/7")

            #expect(created.status == 201)
            #expect(created.field("etag") == "\"7\"")
            #expect(replaced.status == 200)
            #expect(deleted.status == 204)
            #expect(
                desk.store.writes == [
                    ConditionalWrite(
                        .put(path: "orders/7", body: Array(#"{"a": 1}"#.utf8)), ifVersion: 0),
                    ConditionalWrite(.put(path: "orders/7", body: Array("{}".utf8)), ifVersion: 7),
                    ConditionalWrite(.delete(path: "orders/7")),
                ])
        }
    }

    @Test("say what is wrong with a write")
    @LoopActor
    func refused() async throws {
        try await withDesk { desk in
            let list = try await desk.ask("PUT /v1/documents/orders/7", "[]")
            let path = try await desk.ask("PUT /v1/documents/orders", "{}")
            desk.store.refuse(.versionMismatch(path: "orders/7", found: 9))
            let stale = try await desk.ask(
                "PUT /v1/documents/orders/7", "{}", fields: ["If-Match: \"7\""])

            #expect(try list.problem(400) == "the body is an array; expected an object")
            #expect(
                try path.problem(400).hasPrefix("the document path \"orders\" ends in a collection")
            )
            #expect(
                try stale.problem(412)
                    == "\"orders/7\" has version 9; read it again and write with the version "
                    + "found")
        }
    }
}

extension ScriptedStore {
    fileprivate var writes: [ConditionalWrite] {
        changes.flatMap {
            if case .write(let writing) = $0 { writing.writes } else { [ConditionalWrite]() }
        }
    }
}
