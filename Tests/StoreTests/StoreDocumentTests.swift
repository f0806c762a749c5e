import Contract
import Invocations
import Testing

@Suite("Every store, keeping documents")
struct StoreDocumentTests {
    typealias Desk = StoreUnderTest

    private func write(_ store: StoreUnderTest, _ writes: ConditionalWrite...) async -> Answer {
        await store.apply(.write(Writing(writes, origin: Origin(now: store.now))))
    }

    private func versions(_ answer: Answer) -> [Int64] {
        guard case .written(let written) = answer else { return [] }
        return written.versions
    }

    private func put(_ path: String, _ body: String = "{}", if version: Int64? = nil)
        -> ConditionalWrite
    {
        ConditionalWrite(.put(path: path, body: Array(body.utf8)), ifVersion: version)
    }

    @Test("gives versions from one sequence, which grows over a delete", arguments: storeMakers)
    func versionsGrow(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let first = versions(await write(store, put("a/1"), put("a/2"), put("a/1")))
            let deleted = versions(await write(store, ConditionalWrite(.delete(path: "a/1"))))
            let absent = versions(await write(store, ConditionalWrite(.delete(path: "a/1"))))
            let again = versions(await write(store, put("a/1")))

            guard
                case .written(let both) = await write(
                    store, put("a/1"), put("a/3"), put("a/3"),
                    ConditionalWrite(.delete(path: "a/4")))
            else { fatalError() }

            #expect(both.isNew == [false, true, false, false])
            #expect(first == [1, 2, 3] && deleted == [4] && absent == [0] && again == [5])
            #expect(try await store.document("a/1").version == 6)
            #expect(try await store.document("a/2").version == 2)
        }
    }

    @Test("keeps bodies byte for byte", arguments: storeMakers)
    func keepsBytes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let number = #"{"n": 1234567890123456789012345678901234567890 }"#
            _ = await write(store, put("a/1", number), put("a/b/c/\u{e9}", ""))

            #expect(try await store.document("a/1").body == Array(number.utf8))
            #expect(
                try await store.document("a/b/c/\u{e9}")
                    == HostReply.Found(path: "a/b/c/\u{e9}", version: 2, body: []))
            #expect(try await store.document("a/b/c/e\u{301}").version == 0)
        }
    }

    @Test("writes only while the version is the one that was named", arguments: storeMakers)
    func conditions(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            #expect(versions(await write(store, put("a/1", if: 0))) == [1])
            let exists = await write(store, put("a/2"), put("a/1", if: 0))
            #expect(store.refusal(exists) == .versionMismatch(path: "a/1", found: 1))
            #expect(try await store.document("a/2").version == 0)
            #expect(versions(await write(store, put("a/1", if: 1))) == [2])
            let stale = await write(store, ConditionalWrite(.delete(path: "a/1"), ifVersion: 1))
            #expect(store.refusal(stale) == .versionMismatch(path: "a/1", found: 2))
            #expect(
                versions(await write(store, ConditionalWrite(.delete(path: "a/1"), ifVersion: 2)))
                    == [3])
            let gone = await write(store, put("a/1", if: 2))
            #expect(store.refusal(gone) == .versionMismatch(path: "a/1", found: 0))
        }
    }

    @Test("merges into what is there, and into what the same commit wrote", arguments: storeMakers)
    func merges(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let merge = ConditionalWrite(
                .merge(
                    path: "a/1", patch: Array(#"{"b":null,"c":2}"#.utf8),
                    operations: [.append(member: "l", values: [Array("1".utf8)])]))

            _ = await write(store, put("a/1", #"{"a": 1, "b": 2}"#), merge, merge)

            let body = String(decoding: try await store.document("a/1").body, as: UTF8.self)
            #expect(body == #"{"a": 1,"c":2,"l":[1,1]}"#)
        }
    }

    @Test("refuses to merge into what is no object, and writes nothing", arguments: storeMakers)
    func refusesMerges(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await write(store, put("a/1", "[1]"))
            let merge = DocumentWrite.merge(path: "a/1", patch: Array("{}".utf8), operations: [])

            let written = await write(store, put("a/2"), ConditionalWrite(merge))
            let held = await store.start()
            let settled = await store.settle(
                held, Desk.succeeded, Effects(writes: [.put(path: "a/3", body: [1]), merge]))

            for answer in [written, settled] {
                guard case .unmergeable("a/1", _)? = store.refusal(answer) else {
                    Issue.record("refused as unmergeable, not \(answer)")
                    continue
                }
            }
            #expect(try await store.document("a/2").version == 0)
            #expect(try await store.document("a/3").version == 0)
            #expect(try await store.state(held.invocation) == .running)
        }
    }

    @Test(
        "lists what is directly in a collection, by the bytes of the identifiers",
        arguments: storeMakers)
    func lists(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            let names = ["z", "a", "\u{1F600}", "\u{FF21}", "b"]
            for name in names { _ = await write(store, put("orders/\(name)")) }
            _ = await write(store, put("orders/a/lines/1"), put("other/1"), put("orders2/1"))
            func list(after: String?, limit: Int) async throws -> [String] {
                let query = Query.documents(collection: "orders", after: after, limit: limit)
                guard case .documents(let found) = try await store.store.read(query) else {
                    return []
                }
                return found.map(\.path)
            }

            #expect(try await list(after: nil, limit: 2) == ["orders/a", "orders/b"])
            #expect(
                try await list(after: "b", limit: 9) == [
                    "orders/z", "orders/\u{FF21}", "orders/\u{1F600}",
                ])
            let nested = Query.documents(collection: "orders/a/lines", after: nil, limit: 9)
            guard case .documents(let found) = try await store.store.read(nested) else { return }
            #expect(found.map(\.path) == ["orders/a/lines/1"])
        }
    }

    @Test("keeps documents and their sequence over a restart", arguments: storeMakers)
    func survivesRestarts(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            _ = await write(store, put("a/1"), ConditionalWrite(.delete(path: "a/1")))
            try store.restart()
            await store.register()

            #expect(versions(await write(store, put("a/1"))) == [3])
        }
    }
}
