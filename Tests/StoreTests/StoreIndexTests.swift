import Contract
import Invocations
import Testing

@Suite("Every store, asked for documents by an index")
struct StoreIndexTests {
    typealias Desk = StoreUnderTest

    private static let values = ["null", "true", "1", "2", "-3.5", "1e1", #""a""#, #""ab""#, "[]"]

    private func register(_ store: StoreUnderTest, _ fields: String...) async {
        let indexes = fields.map { IndexDeclaration(collection: "orders", field: $0) }
        _ = await store.apply(
            .register(Registration(functions: [], indexes: indexes, now: store.now)))
    }

    /// Fills and empties until nothing is left to do; the number of steps.
    @discardableResult
    private func index(_ store: StoreUnderTest) async -> Int {
        var steps = 1
        while case .indexed(hasMore: true) = await store.apply(.index(rowsMax: 7)) { steps += 1 }
        return steps
    }

    private func write(_ store: StoreUnderTest, _ writes: [DocumentWrite]) async {
        let writing = Writing(writes.map { ConditionalWrite($0) }, origin: Origin(now: store.now))
        _ = await store.apply(.write(writing))
    }

    private func put(_ number: Int, seed: Int) -> DocumentWrite {
        let value = Self.values[(number * 7 + seed) % Self.values.count]
        let other = (number * 13 + seed) % 5
        let body = #"{"v":\#(value),"w":{"x":\#(other)},"n":\#(number)}"#
        return .put(path: "orders/o-\(100 + number)", body: Array(body.utf8))
    }

    /// All pages of a query.
    private func found(_ store: StoreUnderTest, _ query: DocumentQuery) async throws -> [String] {
        var query = query
        var paths: [String] = []
        while true {
            guard case .documents(let page) = try await store.store.read(.documentsWhere(query))
            else { return ["given up"] }
            paths += page.map(\.path)
            guard page.count == query.limit, let last = page.last else { return paths }
            query.after = query.place(of: last)
        }
    }

    private func queries() throws -> [DocumentQuery] {
        let filters = [
            [], ["v==1"], ["v>=1"], ["v<ab"], [#"v in [1,"a",null]"#], ["v!=1"], ["w.x==2"],
            ["w.x==2", "v>=1"], ["w.x>1", "w.x<=3"], ["n>20", "w.x==1"],
        ]
        return try filters.flatMap { texts in
            try [nil, "v", "-v", "w.x", "-n"].flatMap { sort in
                try [3, 100].map { limit in
                    DocumentQuery(
                        collection: "orders", filters: try texts.map { try DocumentFilter($0) },
                        sort: try sort.map { try DocumentSort($0) }, limit: limit)
                }
            }
        }
    }

    @Test("finds the same with an index as without one, in the same order", arguments: storeMakers)
    func same(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await write(store, (0..<40).map { put($0, seed: 0) })
            await write(store, [.put(path: "orders/o-1/notes/n", body: Array(#"{"v":1}"#.utf8))])
            var plain: [[String]] = []
            for query in try queries() { plain.append(try await found(store, query)) }

            await register(store, "v", "w.x")
            // What changes while an index is filled is in it all the same.
            _ = await store.apply(.index(rowsMax: 7))
            await write(store, (0..<40).map { put($0, seed: 3) })
            await write(store, (0..<40).map { put($0, seed: 0) })
            await index(store)

            for (query, expected) in zip(try queries(), plain) {
                #expect(try await found(store, query) == expected, "\(query)")
            }
        }
    }

    @Test("keeps an index true to what is written, merged and deleted", arguments: storeMakers)
    func changes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store, "v")
            await index(store)
            await write(store, (0..<9).map { put($0, seed: 0) })
            await write(
                store,
                [
                    .delete(path: "orders/o-100"), put(1, seed: 5),
                    .merge(
                        path: "orders/o-102", patch: Array(#"{"v":1}"#.utf8), operations: []),
                ])
            let sorted = DocumentQuery(
                collection: "orders", sort: try DocumentSort("v"), limit: 100)
            let ones = DocumentQuery(
                collection: "orders", filters: [try DocumentFilter("v==1")], limit: 100)
            let all = try await found(store, sorted)

            #expect(!all.contains("orders/o-100") && Set(all).count == all.count)
            #expect(try await found(store, ones).contains("orders/o-102"))
            await register(store)
            await index(store)
            #expect(try await found(store, sorted) == all)
            await register(store, "v")
            await index(store)
            #expect(try await found(store, sorted) == all)
        }
    }

    @Test("finds few among many by an index, where else it gives up")
    func few() async throws {
        try await StoreMaker.sqlite { (store) async throws in
            await write(store, (0..<60).map { put($0, seed: 0) })
            let filter = try DocumentFilter("n==7")
            let query = DocumentQuery(
                collection: "orders", filters: [filter], limit: 10, scannedMax: 20)
            let before = try await found(store, query)
            await register(store, "n")
            let steps = await index(store)

            #expect(before == ["given up"])
            #expect(try await found(store, query) == ["orders/o-107"])
            #expect(steps > 8, "an index is filled in steps")
        }
    }

    @Test("goes through more equal values than a page may look at", arguments: ["v", "-v"])
    func equalValues(sort: String) async throws {
        try await StoreMaker.sqlite { (store) async throws in
            let paths = (100..<130).map { "orders/o-\($0)" }
            await register(store, "v")
            await write(
                store, paths.map { DocumentWrite.put(path: $0, body: Array(#"{"v":1}"#.utf8)) })
            await index(store)
            let query = DocumentQuery(
                collection: "orders", sort: try DocumentSort(sort), limit: 5, scannedMax: 10)

            let pages = try await found(store, query)

            #expect(pages == (sort == "v" ? paths : paths.reversed()))
        }
    }

    @Test("says whether there is the index that would help")
    func cure() async throws {
        try await StoreMaker.sqlite { (store) async throws in
            await write(store, (0..<30).map { put($0, seed: 0) })
            let filters = [try DocumentFilter("n>=0"), try DocumentFilter("w.x==9")]
            let query = DocumentQuery(
                collection: "orders", filters: filters, limit: 5, scannedMax: 20)
            let before = try await store.store.read(.documentsWhere(query))
            await register(store, "n")
            await index(store)
            let after = try await store.store.read(.documentsWhere(query))

            guard case .scanned(20, isIndexed: false) = before,
                case .scanned(20, isIndexed: true) = after
            else {
                Issue.record("expected to be given up after 20, found \(before) and \(after)")
                return
            }
            #expect(query.scannedText(isIndexed: true).contains("\"n\" has an index"))
        }
    }
}
