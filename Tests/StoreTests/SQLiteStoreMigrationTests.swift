import Contract
import Foundation
import GRDB
import Invocations
import Testing

@testable import StoreSQLite

@Suite("A store on SQLite, migrating")
struct SQLiteStoreMigrationTests {
    private let later = Migration(name: "notes", sql: "CREATE TABLE notes (text TEXT) STRICT")

    private let known = Migration.all.count

    private func open(_ path: String, _ migrations: [Migration]) throws(StoreError) {
        try SQLiteStore(at: path, options: StoreOptions(), migrations: migrations).close()
    }

    @Test("brings an older file to its schema and keeps a copy")
    func migrates() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path("roost.db")
        try open(path, Migration.all)

        try open(path, Migration.all + [later])

        #expect(FileManager.default.fileExists(atPath: path + ".version-\(known)"))
        try open(path + ".version-\(known)", Migration.all)
        #expect(!FileManager.default.fileExists(atPath: path + ".version-\(known + 1)"))
    }

    @Test("keeps the firings of every schedule, in their order")
    func firings() async throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path("roost.db")
        let before = Migration.all.prefix { $0.name != "firings in their order" }
        let declarations = ["a", "b"].map {
            ScheduleDeclaration(
                name: $0, function: "nightly", pattern: .cron("0 0 * * *"), zone: "UTC",
                missed: "latest", overlap: "skip", gap: "after", repeated: "first",
                jitterMilliseconds: 0)
        }
        try await DatabaseQueue(path: path).writeWithoutTransaction { db in
            try Migrations(steps: Array(before), path: path).migrate(db, now: 0)
            for declaration in declarations {
                var bytes: [UInt8] = []
                declaration.append(to: &bytes)
                try db.execute(
                    sql: """
                        INSERT INTO schedules (tenant, name, declaration, declared, paused, retired,
                        since, cursor) VALUES ('default', ?, ?, 0, 0, 0, 0, 0)
                        """, arguments: [declaration.name, Data(bytes)])
            }
            for (schedule, planned) in [(1, 30), (2, 20), (1, 10), (2, 40)] {
                try db.execute(
                    sql: """
                        INSERT INTO firings (schedule, planned_at, by_hand, last_at, reason)
                        VALUES (?, ?, 0, ?, 'missed')
                        """, arguments: [schedule, planned, planned])
            }
        }

        let store = try SQLiteStore(at: path, options: StoreOptions(), migrations: Migration.all)
        defer { store.close() }
        func planned(_ name: String, limit: Int) async throws -> [Int64] {
            guard
                case .firings(let rows) = try await store.read(
                    .firings(schedule: name, limit: limit))
            else { return [] }
            return rows.map(\.first.milliseconds)
        }
        #expect(try await planned("a", limit: 9) == [30, 10])
        #expect(try await planned("b", limit: 9) == [40, 20])
        #expect(try await planned("b", limit: 1) == [40])
    }

    @Test("refuses a file that a newer version wrote")
    func newer() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path("roost.db")
        try open(path, Migration.all + [later])

        #expect(throws: StoreError.newerSchema(path: path, found: known + 1, known: known)) {
            try open(path, Migration.all)
        }
        #expect(
            StoreError.newerSchema(path: "x", found: 2, known: 1).description
                == "could not open the store \"x\": its schema is version 2, expected at most 1; "
                + "run the newer "
                + "roost that wrote it, or put a backup in its place")
    }

    @Test("changes nothing when a migration fails")
    func fails() throws {
        let folder = try Folder()
        defer { folder.remove() }
        let path = folder.path("roost.db")
        try open(path, Migration.all)
        let wrong = Migration(
            name: "wrong", sql: "CREATE TABLE notes (text TEXT) STRICT; CREATE GARBAGE")

        #expect(throws: StoreError.self) { try open(path, Migration.all + [wrong]) }
        try open(path, Migration.all + [later])
    }
}

@Suite("A hash of a key")
struct KeyHashTests {
    @Test(
        "is SipHash-2-4 with 128 bits, as its authors' vectors say",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (8, "3b62a9ba6258f5610f83e264f31497b4"), (63, "5150d1772f50834a503e069a973fbd7c"),
        ])
    func vectors(count: Int, expected: String) {
        let hash = KeyHash(secret: (0..<16).map { UInt8($0) })
        let input = (0..<count).map { UInt8($0) }

        let found = input.withUnsafeBytes(hash.hash(of:))

        #expect(found.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
    }

    @Test("tells apart keys that read the same in one line")
    func parts() {
        let hash = KeyHash(secret: Array(repeating: 1, count: 16))
        let one = Record.Key(trigger: "a", key: "bc", expiresAt: StoreUnderTest.now)
        let other = Record.Key(trigger: "ab", key: "c", expiresAt: StoreUnderTest.now)

        #expect(hash.hash(of: one) != hash.hash(of: other))
    }
}
