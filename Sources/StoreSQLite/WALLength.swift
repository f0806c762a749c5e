import GRDB
import GRDBSQLite
import Synchronization

/// How long the write-ahead log is, as SQLite says after each commit.
///
/// Its box outlives the connection, for SQLite holds its address.
final class WALLength: Sendable {
    private let pages = Atomic<Int>(0)

    /// Pages in the log, those included that a checkpoint has copied.
    var current: Int { pages.load(ordering: .relaxed) }

    static let pageBytes = 4096

    /// Asks `db` to tell after each of its commits.
    func watch(_ db: Database) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, _, _, pages in
                Unmanaged<WALLength>.fromOpaque(context!).takeUnretainedValue().pages
                    .store(Int(pages), ordering: .relaxed)
                return SQLITE_OK
            }, me)
    }
}
