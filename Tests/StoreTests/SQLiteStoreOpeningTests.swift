import Contract
import Foundation
import Invocations
import StoreSQLite
import Testing

@Suite("A store on SQLite, opening")
struct SQLiteStoreOpeningTests {
    private func inFolder(_ body: (Folder) async throws -> Void) async throws {
        let folder = try Folder()
        defer { folder.remove() }
        try await body(folder)
    }

    /// What opening says, nil where it opens.
    private func error(_ path: String) -> StoreError? {
        do throws(StoreError) {
            try SQLiteStore(at: path).close()
            return nil
        } catch {
            return error
        }
    }

    /// Makes a store that holds a few things, and closes it.
    private func fill(_ path: String, events: Int = 1) async throws {
        let store = try SQLiteStore(at: path)
        let functions = [FunctionDeclaration(name: "one", input: .command)]
        _ = await store.commit([
            .register(Registration(functions: functions, now: StoreUnderTest.now))
        ])
        let data = [UInt8](repeating: 65, count: 1_000)
        let record = Record(
            event: StoreUnderTest.event(data), owed: [Owed(function: StoreUnderTest.one)])
        for _ in 0..<events { _ = await store.commit([.record(record)]) }
        store.close()
    }

    @Test("says that the directory does not exist")
    func noDirectory() {
        #expect(
            error("/nowhere/roost.db")?.description
                == "could not open the store \"/nowhere/roost.db\": its directory does not "
                + "exist; make it, or "
                + "name another with --data")
    }

    @Test("says that the file is read-only")
    func readOnlyFile() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            try await fill(path)
            try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path)

            #expect(
                error(path)?.description
                    == "could not open the store \"\(path)\": the file is read-only, where it "
                    + "has to be "
                    + "writable; give the host's user the right to write it, or name another "
                    + "directory with "
                    + "--data")
        }
    }

    @Test("says that the directory is read-only")
    func readOnlyDirectory() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
            defer {
                // Removing the folder needs the right back; where that fails, it stays in /tmp.
                try? FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
            }

            guard case .readOnly(path, _)? = error(path) else {
                Issue.record("read-only, not \(String(describing: error(path)))")
                return
            }
        }
    }

    @Test("says that the file is no database, or another program's")
    func notAStore() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            try Data("hello, this is no database at all".utf8).write(to: URL(filePath: path))
            #expect(
                error(path)?.description
                    == "could not open the store \"\(path)\": found a file of 33 bytes that is "
                    + "no SQLite "
                    + "database, expected a store that Roost made; move the file away, or name "
                    + "another "
                    + "directory with --data")
            #expect(try Data(contentsOf: URL(filePath: path)).count == 33)
        }
    }

    @Test("says that the file is damaged")
    func corrupt() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            try await fill(path, events: 100)
            let file = try FileHandle(forUpdating: URL(filePath: path))
            for page in 3..<12 {
                try file.seek(toOffset: UInt64(page) * 4096)
                try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
            }
            try file.close()

            guard case .corrupt(path, _)? = error(path) else {
                Issue.record("corrupt, not \(String(describing: error(path)))")
                return
            }
        }
    }

    @Test("says that the file was cut off")
    func truncated() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            try await fill(path, events: 100)
            try FileHandle(forUpdating: URL(filePath: path)).truncate(atOffset: 5 * 4096)

            guard case .corrupt(path, _)? = error(path) else {
                Issue.record("corrupt, not \(String(describing: error(path)))")
                return
            }
        }
    }

    @Test("opens what a killed host left, and finds all that was answered")
    func afterAKill() async throws {
        try await inFolder { folder in
            let path = folder.path("roost.db")
            let store = try SQLiteStore(at: path)
            let functions = [FunctionDeclaration(name: "one", input: .command)]
            let registration = Registration(functions: functions, now: StoreUnderTest.now)
            _ = await store.commit([.register(registration)])
            let record = Record(
                event: StoreUnderTest.event(),
                owed: [Owed(function: StoreUnderTest.one, start: .now)])
            for _ in 0..<50 { _ = await store.commit([.record(record)]) }
            let copy = folder.path("copy.db")
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
            }

            let next = try SQLiteStore(at: copy)
            let answer = await next.commit([.register(registration)])[0]
            guard case .registered(let registered) = answer else { return }
            #expect(registered.recovered == 50)
            #expect(registered.functions.map(\.owed) == [50])
            next.close()
            store.close()
        }
    }

    @Test("refuses changes once it is closed")
    func closed() async throws {
        try await inFolder { folder in
            let store = try SQLiteStore(at: folder.path("roost.db"))
            store.close()
            store.close()

            guard case .refused(.broken(let why)) = await store.commit([.release([])])[0] else {
                Issue.record("refused once closed")
                return
            }
            #expect(why == "the store is closed")
        }
    }
}
