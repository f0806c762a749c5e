import Contract
import Invocations
import Testing

@Suite("Every store, hearing of files")
struct StoreAnnouncingTests {
    typealias Desk = StoreUnderTest

    private func register(_ store: StoreUnderTest) async {
        let functions = Desk.names.map { FunctionDeclaration(name: $0, input: .file) }
        let triggers = [
            TriggerDeclaration(
                function: "one",
                rule: .file(bucket: "inbox", matching: "**/*.csv", kinds: ["created", "updated"])),
            TriggerDeclaration(
                function: "two", rule: .file(bucket: "inbox", matching: "**", kinds: ["deleted"])),
        ]
        _ = await store.apply(
            .register(Registration(functions: functions, triggers: triggers, now: store.now)))
    }

    private func mark(_ size: Int64, at time: Int64 = 1) -> FileMark {
        FileMark(size: size, modifiedNanoseconds: time, inode: 42)
    }

    private func announce(_ store: StoreUnderTest, _ found: Announcing.Found...) async -> Announced
    {
        let announcing = Announcing(bucket: "inbox", files: found, origin: Origin(now: store.now))
        guard case .announced(let announced) = await store.apply(.announce(announcing)) else {
            fatalError()
        }
        return announced
    }

    private func files(_ store: StoreUnderTest) async throws -> [FileRow] {
        let query = Query.files(bucket: "inbox", after: nil, limit: 9)
        guard case .files(let rows) = try await store.store.read(query) else { fatalError() }
        return rows
    }

    @Test("announces a file once, and again when it is another", arguments: storeMakers)
    func once(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let first = await announce(store, .init(key: "x/a.csv", mark: mark(3)))
            let again = await announce(store, .init(key: "x/a.csv", mark: mark(3)))
            let claimed = await store.claim(Desk.one).invocations
            let changed = await announce(store, .init(key: "x/a.csv", mark: mark(4, at: 2)))

            #expect(first == Announced(changes: 1, ready: [Desk.one]))
            #expect(again == Announced(changes: 0))
            #expect(changed.changes == 1)
            #expect(claimed.map(\.event.subject) == ["inbox/x/a.csv"])
            #expect(
                claimed.map { String(decoding: $0.event.data, as: UTF8.self) } == [
                    #"{"bucket":"inbox","key":"x/a.csv","kind":"created","generation":1,"size":3,"#
                        + #""modifiedNanoseconds":1,"inode":"42"}"#
                ])
            #expect(
                try await files(store) == [
                    FileRow(key: "x/a.csv", generation: 2, mark: mark(4, at: 2))
                ])
        }
    }

    @Test("tells keys apart by their bytes", arguments: storeMakers)
    func bytes(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            let (composed, decomposed) = ("caf\u{e9}.csv", "cafe\u{301}.csv")
            _ = await announce(
                store, .init(key: composed, mark: mark(3)), .init(key: decomposed, mark: mark(4)))
            func sizes(_ query: Query) async throws -> [Int64] {
                guard case .files(let rows) = try await store.store.read(query) else { return [] }
                return rows.map(\.mark.size)
            }

            #expect(try await sizes(.filesAt(bucket: "inbox", keys: [composed])) == [3])
            let later = Query.files(bucket: "inbox", after: decomposed, limit: 9)
            #expect(try await sizes(later) == [3])
        }
    }

    @Test("takes new times alone for the same file", arguments: storeMakers)
    func touched(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, .init(key: "a.csv", mark: mark(3)))
            let touched = await announce(
                store, .init(key: "a.csv", mark: mark(3, at: 9), isTouched: true))
            let same = await announce(store, .init(key: "a.csv", mark: mark(3, at: 9)))

            #expect(touched.changes == 0 && same.changes == 0)
            #expect(try await files(store).map(\.mark) == [mark(3, at: 9)])
        }
    }

    @Test("cancels what was not begun when a file is replaced or goes", arguments: storeMakers)
    func replaced(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, .init(key: "a.csv", mark: mark(1)))
            _ = await announce(store, .init(key: "a.csv", mark: mark(2, at: 2)))
            let gone = await announce(
                store, .init(key: "a.csv", mark: nil), .init(key: "b", mark: nil))
            let cancelled = try await store.list(InvocationFilter(state: .cancelled)).items

            #expect(cancelled.map(\.error) == ["replaced", "replaced"])
            #expect(gone == Announced(changes: 1, ready: [Desk.two]))
            #expect(try await files(store).isEmpty)
        }
    }

    @Test(
        "cancels what would run again for a file that was replaced or is gone",
        arguments: storeMakers)
    func replacedWhileItRan(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, .init(key: "a.csv", mark: mark(1)))
            let first = await store.claim(Desk.one).invocations[0]
            _ = await announce(store, .init(key: "a.csv", mark: mark(2, at: 2)))
            let later = Desk.now + .seconds(60)
            let retried = Desk.ending(Desk.failed, .retry(at: later))
            let settled = await store.settled(first.held, retried)
            let second = await store.claim(Desk.one).invocations[0]
            let again = await store.settled(second.held, retried)
            let waiting = try await store.list(InvocationFilter(state: .retrying)).items
            _ = await announce(store, .init(key: "a.csv", mark: nil))
            let cancelled = try await store.list(InvocationFilter(state: .cancelled)).items

            #expect(settled.ready == [Desk.one] && settled.dueAt == nil)
            #expect(again.dueAt == later && waiting.count == 1)
            #expect(cancelled.map(\.error) == ["replaced", "replaced"])
        }
    }

    @Test("leaves what runs alone, and holds the next generation behind it", arguments: storeMakers)
    func inOrder(_ maker: StoreMaker) async throws {
        try await maker { (store) async throws in
            await register(store)
            _ = await announce(store, .init(key: "a.csv", mark: mark(1)))
            let first = await store.claim(Desk.one).invocations
            _ = await announce(store, .init(key: "a.csv", mark: mark(2, at: 2)))
            let none = await store.claim(Desk.one).invocations
            let settled = await store.settled(first[0].held)

            #expect(none.isEmpty && settled.ready == [Desk.one])
            #expect(await store.claim(Desk.one).invocations.count == 1)
        }
    }
}
