import Contract
import Invocations
import Testing

@Suite("Every store, remembering files of handlers")
struct StorePlacingTests {
    typealias Desk = StoreUnderTest

    private static let cause = EventID(.invocation, number: 7, at: Desk.now)

    private func mark(_ size: Int64) -> FileMark {
        FileMark(size: size, modifiedNanoseconds: 5, inode: 42)
    }

    private func file(_ key: String, _ size: Int64?, name: String = "effect-1") -> StagedFile {
        StagedFile(bucket: "reports", key: key, name: name, mark: size.map { mark($0) })
    }

    private func register(_ store: StoreUnderTest) async {
        let rule = TriggerDeclaration.Rule.file(
            bucket: "reports", matching: "**", kinds: ["created", "updated", "deleted"])
        _ = await store.apply(
            .register(
                Registration(
                    functions: [
                        FunctionDeclaration(name: "one", input: .command),
                        FunctionDeclaration(name: "two", input: .file),
                    ], triggers: [TriggerDeclaration(function: "two", rule: rule)],
                    now: store.now)))
    }

    /// Commits files with an attempt.
    private func commit(_ store: StoreUnderTest, _ files: StagedFile...) async -> [Placement] {
        let origin = Origin(now: store.now, cause: Self.cause, depth: 3, sender: "a test")
        let effects = Effects(files: files, origin: origin)
        return await store.settled(await store.start(), Desk.succeeded, effects).placements
    }

    private func placements(_ store: StoreUnderTest, after: Int64 = 0) async throws -> [Placement] {
        guard
            case .placements(let rows) = try await store.store.read(
                .placements(after: after, limit: 9))
        else { fatalError() }
        return rows
    }

    private func announce(
        _ store: StoreUnderTest, _ key: String, _ mark: FileMark?, through: Int64 = 0
    ) async -> Announced {
        let announcing = Announcing(
            bucket: "reports", files: [.init(key: key, mark: mark)], origin: Origin(now: store.now),
            placedThrough: through)
        guard case .announced(let announced) = await store.apply(.announce(announcing)) else {
            fatalError()
        }
        return announced
    }

    @Test(
        "keeps a file until its key is announced, and gives the event its cause",
        arguments: storeMakers)
    func cause(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let placed = await commit(store, file("a.csv", 3), file("b.csv", 4, name: "effect-2"))
            let rows = try await placements(store)
            let later = try await placements(store, after: placed[0].number)
            let before = await announce(store, "a.csv", mark(1))
            let kept = try await placements(store)
            let found = await announce(store, "a.csv", mark(3))
            let claimed = await store.claim(Desk.two, max: 9).invocations

            #expect(placed.map(\.file) == [file("a.csv", 3), file("b.csv", 4, name: "effect-2")])
            #expect(placed[0].number < placed[1].number)
            #expect(rows == placed && later == [placed[1]])
            #expect(before.changes == 1 && kept == placed)
            #expect(found.changes == 1)
            #expect(try await placements(store) == [placed[1]])
            #expect(claimed.map(\.event.cause) == [Self.cause])
            #expect(claimed.map(\.event.depth) == [3])
        }
    }

    @Test(
        "believes that a file is gone only once it was placed before the look",
        arguments: storeMakers)
    func deletion(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, "a.csv", mark(3))
            let written = await commit(store, file("a.csv", 4))
            let deleted = await commit(store, file("a.csv", nil, name: "effect-2"))
            _ = await announce(store, "a.csv", nil)
            let kept = try await placements(store)
            _ = await announce(store, "a.csv", mark(4))
            let left = try await placements(store)
            let gone = await announce(store, "a.csv", nil, through: deleted[0].number)

            #expect(kept == written + deleted)
            #expect(left == deleted)
            #expect(gone.changes == 1)
            #expect(try await placements(store) == [])
        }
    }

    @Test("forgets what was placed and replaced, even where nothing is new", arguments: storeMakers)
    func replaced(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, "a.csv", mark(9))
            let placed = await commit(store, file("a.csv", 3), file("b.csv", nil, name: "effect-2"))
            let same = await announce(store, "a.csv", mark(9), through: placed[1].number)
            let none = await announce(store, "b.csv", nil, through: placed[1].number)

            #expect(same.changes == 0 && none.changes == 0)
            #expect(try await placements(store) == [])
        }
    }

    @Test("keeps no file of an attempt that did not succeed", arguments: storeMakers)
    func failure(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let effects = Effects(files: [file("a.csv", 3)], origin: Origin(now: store.now))
            let settled = await store.settled(
                await store.start(), Desk.ending(Desk.failed, .retry(at: store.now)), effects)

            #expect(settled.placements == [])
            #expect(try await placements(store) == [])
        }
    }
}
