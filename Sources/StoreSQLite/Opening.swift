import CSQLite
import GRDB
import Glibc

/// Opens a file as a store: checks it, migrates it, sets its connections up.
struct Opening {
    let path: String
    let options: StoreOptions
    let migrations: [Migration]

    struct Opened {
        let pool: DatabasePool
        let checkpoints: DatabaseQueue
    }

    /// The first store of a process sets what SQLite does for all of them.
    private static let isConfigured = roost_sqlite_count_no_memory() == SQLITE_OK

    func open(_ length: WALLength) throws(StoreError) -> Opened {
        // Where something else used SQLite before, it counts its memory: slower, and no harm.
        _ = Self.isConfigured
        let check = FileCheck(path: path)
        try check.checkFile()
        try LogRenewal(path: path + "-wal").renew()
        do {
            let configuration = Connections.configuration(options)
            // The first connection looks before anything is changed; later it copies the log.
            let checkpoints = try DatabaseQueue(path: path, configuration: configuration)
            try checkpoints.inDatabase { db in try check.checkContents(db, known: migrations.count)
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                try Migrations(steps: migrations, path: path).migrate(
                    db, now: Int64(time(nil)) * 1000)
                try Connections.finish(db, options)
                length.watch(db)
            }
            // A connection from before the file had a log learns of it by reading.
            try checkpoints.inDatabase { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
            }
            return Opened(pool: pool, checkpoints: checkpoints)
        } catch {
            throw check.error(error)
        }
    }
}
