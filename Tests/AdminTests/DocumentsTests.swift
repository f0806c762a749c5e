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
            desk.store.page { _ in .scanned(10_000, isIndexed: false) }
            let many = try await desk.ask("GET /v1/documents/orders?where=a%3D%3D1")

            let filters = [try DocumentFilter("state==open"), try DocumentFilter("n>3")]
            #expect(fine.status == 200)
            #expect(
                desk.store.queries.first
                    == .documentsWhere(
                        DocumentQuery(collection: "orders", filters: filters, limit: 3)))
            #expect(
                try bad.problem(400)
                    == "where \"state\": at character 6 a comparison is missing; expected "
                    + "==, !=, <, <=, >, >= or in")
            #expect(
                try many.problem(422)
                    == "the query looked at 10000 documents of \"orders\", which is the most, and "
                    + "there may be more; declare an index among the app's triggers: "
                    + ".collection(\"orders\", index: \"a\")")
        }
    }

    @Test("are sorted by a field, and a bad sort or place says what is expected")
    @LoopActor
    func sorted() async throws {
        try await withDesk { desk in
            let found = (1...3).map {
                HostReply.Found(
                    path: "orders/o-\($0)", version: 1, body: Array(#"{"n":\#($0)}"#.utf8))
            }
            desk.store.page { _ in .documents(found) }
            let page = try await desk.ask("GET /v1/documents/orders?sort=-n&limit=2")
            let bad = try await desk.ask("GET /v1/documents/orders?sort=-")
            let lost = try await desk.ask("GET /v1/documents/orders?sort=n&after=o-2")

            let sort = try DocumentSort("-n")
            let next = try #require(sort.place(of: Array(#"{"n":2}"#.utf8), id: "o-2")?.text)
            #expect(
                desk.store.queries.first
                    == .documentsWhere(DocumentQuery(collection: "orders", sort: sort, limit: 3)))
            #expect(page.status == 200 && page.body.contains(#""next":"\#(next)""#), "\(page.body)")
            #expect(SortPlace(next) == sort.place(of: Array(#"{"n":2}"#.utf8), id: "o-2"))
            #expect(
                try bad.problem(400)
                    == "sort \"-\" has no field or an empty part; expected a name such as total or "
                    + "address.city, with \"-\" before it for the largest first")
            #expect(try lost.problem(400).contains("`next` of the page before"))
        }
    }

    @Test("are written under a condition")
    @LoopActor
    func write() async throws {
        try await withDesk { desk in
            let line = "PUT /v1/documents/orders/7"
            let set = try await desk.ask(line, #"{"a": 1}"#, fields: ["If-None-Match: *"])
            let replaced = try await desk.ask(line, "{}", fields: ["If-Match: \"7\""])
            let deleted = try await desk.ask("DELETE /v1/documents/orders/7")
            let put = try await desk.ask("PUT /v1/documents/orders/new", "{}")
            let patched = try await desk.ask("PATCH /v1/documents/orders/new", "{}")

            #expect(set.status == 200 && set.field("etag") == "\"7\"")
            #expect(put.status == 201 && patched.status == 201, "what was not there before is made")
            #expect(replaced.status == 200)
            #expect(deleted.status == 204)
            #expect(
                desk.store.writes == [
                    ConditionalWrite(
                        .put(path: "orders/7", body: Array(#"{"a": 1}"#.utf8)), ifVersion: 0),
                    ConditionalWrite(.put(path: "orders/7", body: Array("{}".utf8)), ifVersion: 7),
                    ConditionalWrite(.delete(path: "orders/7")),
                    ConditionalWrite(.put(path: "orders/new", body: Array("{}".utf8))),
                    ConditionalWrite(
                        .merge(path: "orders/new", patch: Array("{}".utf8), operations: [])),
                ])
        }
    }

    @Test("say what is wrong with a write")
    @LoopActor
    func refused() async throws {
        try await withDesk { desk in
            let list = try await desk.ask("PUT /v1/documents/orders/7", "[]")
            let path = try await desk.ask("PUT /v1/documents/orders", "{}")
            let name = try await desk.ask("PUT /v1/documents/Orders/7", "{}")
            let large = #"{"a":"\#(String(repeating: "x", count: (1 << 20) - 8))"}"#
            let most = try await desk.ask("PUT /v1/documents/orders/7", large)
            let more = try await desk.ask("PUT /v1/documents/orders/7", large + " ")
            desk.store.refuse(.versionMismatch(path: "orders/7", found: 9))
            let stale = try await desk.ask(
                "PUT /v1/documents/orders/7", "{}", fields: ["If-Match: \"7\""])

            #expect(try list.problem(400) == "the body is an array; expected an object")
            #expect(
                try path.problem(400).hasPrefix("the document path \"orders\" ends in a collection")
            )
            #expect(
                try name.problem(400)
                    == "the document path \"Orders/7\" has 'O' at place 1; expected collection/id, "
                    + "and again /collection/id for each level below")
            #expect(most.status == 201 || most.status == 200)
            #expect(
                try more.problem(413)
                    == "the document \"orders/7\" has 1048577 bytes, where 1048576 is the most; "
                    + "split it, put the bytes into a bucket, or raise limits.documentBytesMax")
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
