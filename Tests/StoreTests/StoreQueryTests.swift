import Contract
import Invocations
import Testing

@Suite("Every store, asked for documents by field")
struct StoreQueryTests {
    private func fill(_ store: StoreUnderTest, _ count: Int) async {
        let writes = (0..<count).map { number in
            let body = #"{"n":\#(number),"state":"\#(number % 3 == 0 ? "open" : "paid")"}"#
            let id = String("0000\(number)".suffix(4))
            return ConditionalWrite(.put(path: "orders/\(id)", body: Array(body.utf8)))
        }
        _ = await store.apply(.write(Writing(writes, origin: Origin(now: store.now))))
    }

    private func page(
        _ store: StoreUnderTest, _ filters: String..., after: String? = nil, limit: Int = 100,
        scannedMax: Int = 1_000
    ) async throws -> Page {
        try await store.store.read(
            .documentsWhere(
                DocumentQuery(
                    collection: "orders", filters: try filters.map { try DocumentFilter($0) },
                    after: after, limit: limit, scannedMax: scannedMax)))
    }

    private func paths(_ page: Page) -> [String] {
        guard case .documents(let found) = page else { return ["no documents"] }
        return found.map(\.path)
    }

    @Test("gives those that every filter wants, in pages", arguments: storeMakers)
    func filters(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await fill(store, 20)

            let open = paths(try await page(store, "state==open", "n>=6"))
            let first = paths(try await page(store, "state==open", limit: 2))
            let second = paths(try await page(store, "state==open", after: "0003", limit: 2))

            #expect(
                open == ["orders/0006", "orders/0009", "orders/0012", "orders/0015", "orders/0018"])
            #expect(first == ["orders/0000", "orders/0003"])
            #expect(second == ["orders/0006", "orders/0009"])
        }
    }

    @Test("gives up where a page would look at too many", arguments: storeMakers)
    func bounded(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await fill(store, 20)

            let exact = paths(try await page(store, "n==19", scannedMax: 20))
            let over = try await page(store, "n==19", scannedMax: 19)
            let soon = paths(try await page(store, "n==3", limit: 1, scannedMax: 4))

            #expect(exact == ["orders/0019"] && soon == ["orders/0003"])
            guard case .scanned(19, isIndexed: false) = over else {
                Issue.record("expected to be told that 19 were looked at, found \(over)")
                return
            }
        }
    }
}
