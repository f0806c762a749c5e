import Contract
import Invocations
import Testing

import struct GRDB.Configuration
import class GRDB.DatabaseQueue

@testable import StoreSQLite

@Suite("A store on SQLite, while somebody else holds its lock")
struct SQLiteStoreLockTests {
    typealias Desk = StoreUnderTest

    /// Somebody else with the store's file open: a person with a shell, most likely.
    private struct Other {
        private let queue: DatabaseQueue

        init(_ path: String) throws {
            var configuration = GRDB.Configuration()
            // because its transaction stays open from one call to the next
            configuration.allowsUnsafeTransactions = true
            queue = try DatabaseQueue(path: path, configuration: configuration)
        }

        /// Holds the lock that every writer needs for as long as `body` takes.
        func locked<Found>(_ body: () async throws -> Found) async throws -> Found {
            try execute("BEGIN IMMEDIATE")
            do {
                let found = try await body()
                try execute("ROLLBACK")
                return found
            } catch {
                try execute("ROLLBACK")
                throw error
            }
        }

        private func execute(_ sql: String) throws {
            try queue.inDatabase { db in try db.execute(sql: sql) }
        }
    }

    @Test("waits until it is let go, reads on, and then commits what waited, in order")
    func waits() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        var limits = Limits()
        limits.groupChangesMax = 1
        let path = folder.path("roost.db")
        let sqlite = try SQLiteStore(at: path, options: StoreOptions(limits: limits))
        defer { sqlite.close() }
        let store = StoreUnderTest(sqlite)
        await store.register()
        let held = await store.start()
        let settling = Change.settle(Settling(held: held, ending: Desk.succeeded))
        let record = Change.record(Record(event: Desk.event(), owed: [Owed(function: Desk.one)]))

        let commit = try await Other(path).locked { () async throws -> Task<[Answer], Never> in
            let waiting = Task { await store.store.commit([settling, record]) }
            // Groups hold one change: the writer has the first, and the second waits for it.
            try await eventually("the writer is held up") { sqlite.waiting == 1 }
            #expect(sqlite.condition == .writing)
            #expect(try await store.state(held.invocation) == .running)
            #expect(try await store.status().recorded == 1)
            return waiting
        }
        let answers = await commit.value

        #expect(answers.map { store.refusal($0) } == [nil, nil])
        #expect(sqlite.condition == .writing && sqlite.waiting == 0)
        #expect(try await store.state(held.invocation) == .succeeded)
        #expect(try await store.status().recorded == 2)
        try await store.expectTheSum()
    }

    @Test(
        "takes it for something that passes, whatever SQLite adds to it",
        arguments: [5, 5 | 1 << 8, 5 | 2 << 8, 5 | 3 << 8] as [Int32])
    func passes(code: Int32) {
        #expect(StoreFailure(code: code, message: "database is locked").meaning == .busy)
    }
}
