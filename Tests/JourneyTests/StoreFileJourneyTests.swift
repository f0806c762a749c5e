import Foundation
import GRDB
import Testing

/// What `roost serve` says to a store that it can't use; nothing of it is changed.
@Suite("A host whose store is unfit", .serialized)
struct StoreFileJourneyTests {
    /// A host that ran, and stopped.
    private func stoppedHost() async throws -> HostUnderTest {
        let host = try HostUnderTest()
        try await host.start()
        #expect(await host.stop() == 0)
        return host
    }

    private func serve(_ host: HostUnderTest) async throws -> (status: Int32, text: String) {
        try await HostUnderTest.roost(
            [
                "serve", "--app", HostUnderTest.product("Probe"), "--data", host.data, "--listen",
                "127.0.0.1:0", "--admin", "127.0.0.1:0",
            ], in: host.directory)
    }

    private func store(_ host: HostUnderTest) -> String { host.data + "/roost.sqlite" }

    @Test("is told that the file is read-only", .timeLimit(.minutes(2)))
    func readOnly() async throws {
        let host = try await stoppedHost()
        defer { host.remove() }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o400], ofItemAtPath: store(host))

        let (status, text) = try await serve(host)

        #expect(status == 1)
        #expect(
            text.contains(
                "could not open the store \"\(store(host))\": the file is read-only, where it has "
                    + "to be writable; give the host's user the right to write it"), "\(text)")
    }

    @Test("is told that the file is damaged, and what to do", .timeLimit(.minutes(2)))
    func corrupt() async throws {
        let host = try await stoppedHost()
        defer { host.remove() }
        let file = try #require(FileHandle(forUpdatingAtPath: store(host)))
        let size = try file.seekToEnd()
        // All but the first page, which has the header and the names of the tables.
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0xA5, count: Int(size) - 4096))
        try file.close()

        let (status, text) = try await serve(host)

        #expect(status == 1)
        #expect(text.contains("the file is damaged ("), "\(text)")
        #expect(text.contains("put a backup in its place"), "\(text)")
    }

    @Test("is told that the file is another program's", .timeLimit(.minutes(2)))
    func foreign() async throws {
        let host = try await stoppedHost()
        defer { host.remove() }
        try Data("no database at all\n".utf8).write(to: URL(filePath: store(host)))

        let (status, text) = try await serve(host)

        #expect(status == 1)
        #expect(text.contains("a file of 19 bytes that is no SQLite database"), "\(text)")
    }

    @Test("is told that a newer roost wrote the file", .timeLimit(.minutes(2)))
    func newerSchema() async throws {
        let host = try await stoppedHost()
        defer { host.remove() }
        try await DatabaseQueue(path: store(host)).write { db in
            try db.execute(
                sql: "INSERT INTO migrations (number, name, applied_at) VALUES (99, 'later', 0)")
        }

        let (status, text) = try await serve(host)

        #expect(status == 1)
        #expect(text.contains("its schema is version 99, expected at most "), "\(text)")
        #expect(text.contains("run the newer roost that wrote it"), "\(text)")
    }
}
