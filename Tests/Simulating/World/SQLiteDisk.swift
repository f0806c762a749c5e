import Contract
import Foundation
import Invocations
import StoreSQLite

/// A disk with the real store's file on it.
///
/// A killed process leaves its files as they are, so the next host gets a copy that is taken while
/// the store is still open. After a loss of power the copy is the one from before the last commit,
/// with a part of what that appended to the log: the database has to find out that it is torn.
final class SQLiteDisk: SimulatedDisk {
    private let limits: Limits
    private let top: URL
    private var folder: URL
    private var hosts = 0
    private var current: SQLiteStore
    private var torn: Files?

    /// The contents of the store's files.
    private struct Files {
        var database: Data
        var log: Data
    }

    init(limits: Limits) throws {
        self.limits = limits
        let memory = "/dev/shm"
        let place =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        top = place.appending(path: "roost-simulation-\(UUID())")
        folder = top.appending(path: "0")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        current = try Self.open(in: folder, limits)
    }

    var store: any Store { current }

    nonisolated(nonsending) func losePower(during changes: [Change], share: Double) async {
        guard let before = read() else { return }
        var torn = before
        if !changes.isEmpty {
            _ = await current.commit(changes)
            if let after = read(), after.log.count > before.log.count,
                after.log.prefix(before.log.count) == before.log
            {
                // Never all of it: then it would be committed, and nobody would know.
                let new = after.log.count - before.log.count - 1
                torn.log = after.log.prefix(before.log.count + Int(Double(new) * share))
            }
        }
        self.torn = torn
    }

    nonisolated(nonsending) func reopen() async throws {
        let files = torn ?? read()
        torn = nil
        let old = folder
        hosts += 1
        folder = top.appending(path: "\(hosts)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try files?.database.write(to: database)
        try files?.log.write(to: log)
        current.close()
        current = try Self.open(in: folder, limits)
        try FileManager.default.removeItem(at: old)
    }

    func close() {
        current.close()
        // What is left in memory or in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: top)
    }

    private var database: URL { folder.appending(path: "roost.db") }
    private var log: URL { folder.appending(path: "roost.db-wal") }

    private func read() -> Files? {
        // A file that is not there has nothing in it.
        guard let found = try? Data(contentsOf: database) else { return nil }
        // Nor has a log that was never begun.
        return Files(database: found, log: (try? Data(contentsOf: log)) ?? Data())
    }

    private static func open(in folder: URL, _ limits: Limits) throws -> SQLiteStore {
        var options = StoreOptions(limits: limits, retryInterval: .milliseconds(5))
        options.logger.logLevel = .critical
        return try SQLiteStore(at: folder.appending(path: "roost.db").path, options: options)
    }
}
