import GRDB
import Glibc

/// A consistent copy of the store while it serves.
///
/// The copy is made under another name, synced and then renamed, so that a file of the name that
/// was asked for is always whole. While it is made the log can't begin anew and grows.
struct Backup: Sendable {
    let pool: DatabasePool

    nonisolated(nonsending) func write(to path: String) async throws {
        var file = stat()
        guard stat(path, &file) != 0 else { throw StoreError.backupExists(path: path) }
        let partial = path + ".partial"
        try FileCheck.remove(partial)
        do {
            try await pool.read { db in
                let target = try DatabaseQueue(path: partial)
                try target.inDatabase { copy in
                    try db.backup(to: copy)
                    // One file, whatever becomes of it.
                    try copy.execute(sql: "PRAGMA journal_mode = DELETE")
                }
                try target.close()
            }
        } catch {
            // It is of no use, and the next one would take its name anyway.
            try? FileCheck.remove(partial)
            throw StoreError.backup(path: path, reason: "\(error)")
        }
        guard rename(partial, path) == 0 else {
            throw StoreError.backup(path: path, reason: String(cString: strerror(errno)))
        }
    }
}
