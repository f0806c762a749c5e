import Contract
import Foundation
import Invocations
import StoreSQLite
import TestDisks
import Testing

@Suite("A store on SQLite, on a disk that is really full", .enabled(if: TinyDisk.canBeMade))
struct SQLiteStoreTinyDiskTests {
    typealias Desk = StoreUnderTest

    @Test("refuses records, reads on, and settles what ran once there is room")
    func fills() async throws {
        let disk = try TinyDisk()
        defer { disk.remove() }
        var options = StoreOptions(retryInterval: .milliseconds(5))
        options.logger.logLevel = .critical
        let sqlite = try SQLiteStore(at: disk.path("roost.db"), options: options)
        defer { sqlite.close() }
        let store = StoreUnderTest(sqlite)
        await store.register()
        let ballast = disk.path("ballast")
        try Data(repeating: 1, count: 200_000).write(to: URL(filePath: ballast))
        let held = await store.start()
        let data = [UInt8](repeating: 65, count: 50_000)
        let record = Change.record(
            Record(event: Desk.event(data), owed: [Owed(function: Desk.one)]))

        var accepted = 0
        var refused: Refusal?
        while refused == nil, accepted < 1_000 {
            refused = store.refusal(await store.apply(record))
            if refused == nil { accepted += 1 }
        }
        #expect(refused == .diskFull)
        #expect(try await store.status().counts[.ready] == accepted)
        try fillUp(disk)
        async let settled = store.settle(held)
        try FileManager.default.removeItem(atPath: ballast)
        try FileManager.default.removeItem(atPath: disk.path("rest"))

        #expect(store.refusal(await settled) == nil)
        #expect(try await store.state(held.invocation) == .succeeded)
        #expect(try await store.status().counts[.ready] == accepted)
        try await store.expectTheSum()
    }

    /// Takes what room is left; a settlement may still find some in the log.
    private func fillUp(_ disk: TinyDisk) throws {
        try Data().write(to: URL(filePath: disk.path("rest")))
        let rest = try FileHandle(forWritingTo: URL(filePath: disk.path("rest")))
        defer {
            // It closes with the process at the latest.
            try? rest.close()
        }
        do {
            while true { try rest.write(contentsOf: Data(repeating: 1, count: 4096)) }
        } catch {
            // The disk is full now, as it should be.
        }
    }
}
