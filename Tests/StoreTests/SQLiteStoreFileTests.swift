import Contract
import Foundation
import Invocations
import StoreSQLite
import Testing

@Suite("A store on SQLite, keeping its files small")
struct SQLiteStoreFileTests {
    typealias Desk = StoreUnderTest

    @Test("cuts the log under continuous load")
    func cutsTheLog() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        var limits = Limits()
        limits.walBytesMax = 2 << 20
        let path = folder.path("roost.db")
        let store = StoreUnderTest(
            try SQLiteStore(at: path, options: StoreOptions(limits: limits, synchronous: .normal)))
        await store.register()
        let data = [UInt8](repeating: 65, count: 10_000)

        var longest = 0
        for _ in 0..<200 {
            let changes = (0..<10).map { _ in
                Change.record(Record(event: Desk.event(data), owed: [Owed(function: Desk.one)]))
            }
            _ = await store.store.commit(changes)
            longest = max(longest, try await store.status().walBytes)
        }

        #expect(longest <= limits.walBytesMax, "20 MB went through a log of 2 MiB")
        (store.store as? SQLiteStore)?.close()
        #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }

    @Test("uses the room again that pruning freed")
    func reusesPages() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path("roost.db")
        let store = StoreUnderTest(
            try SQLiteStore(at: path, options: StoreOptions(synchronous: .normal)))
        await store.register()
        let pruning = Pruning(
            historyBefore: store.now + .hours(1), deadBefore: store.now, historyBytesMax: .max,
            deadBytesMax: .max, now: store.now, timeMax: .seconds(5))
        func round() async throws {
            var settlings: [Change] = []
            for _ in 0..<50 {
                let held = await store.start(data: Array(repeating: 65, count: 20_000))
                settlings.append(.settle(Settling(held: held, ending: Desk.succeeded)))
            }
            _ = await store.store.commit(settlings + [.prune(pruning)])
        }

        try await round()
        for _ in 0..<5 { try await round() }
        (store.store as? SQLiteStore)?.close()

        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(try #require(size) < 3_000_000, "six times 1 MB was written and forgotten")
    }

    @Test("prunes in slices and says when more is left")
    func slices() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let store = StoreUnderTest(
            try SQLiteStore(at: folder.path("roost.db"), options: StoreOptions()))
        defer { (store.store as? SQLiteStore)?.close() }
        await store.register()
        for _ in 0..<100 { _ = await store.settled(await store.start()) }
        let pruning = Pruning(
            historyBefore: store.now + .hours(1), deadBefore: store.now, historyBytesMax: .max,
            deadBytesMax: .max, now: store.now, timeMax: .zero)

        guard case .pruned(let first) = await store.apply(.prune(pruning)) else { return }

        #expect(first.hasMore && (1..<100).contains(first.invocations))
        try await store.expectTheSum()
    }

    @Test("is copied whole while it serves, to a name that is free")
    func backup() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let sqlite = try SQLiteStore(at: folder.path("roost.db"))
        let store = StoreUnderTest(sqlite)
        await store.register()
        let recorded = await store.record(Owed(function: Desk.one))
        let copy = folder.path("copy.db")

        try await sqlite.backup(to: copy)
        await store.record(Owed(function: Desk.one))
        await #expect(throws: StoreError.backupExists(path: copy)) {
            try await sqlite.backup(to: copy)
        }
        sqlite.close()

        let opened = StoreUnderTest(try SQLiteStore(at: copy))
        #expect(try await opened.status().recorded == 1)
        #expect(try await opened.event(recorded.event) != nil)
        (opened.store as? SQLiteStore)?.close()
        #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
    }
}
