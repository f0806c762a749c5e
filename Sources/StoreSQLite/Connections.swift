import GRDB
import GRDBSQLite

/// How the store's connections are set up.
enum Connections {
    /// For the writer and, as far as it concerns them, the readers of a pool.
    static func configuration(_ options: StoreOptions) -> Configuration {
        var configuration = Configuration()
        configuration.label = "roost"
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = readersMax
        configuration.prepareDatabase { db in
            let cacheKiB = db.configuration.readonly ? readerCacheKiB : writerCacheKiB
            try db.execute(
                sql: """
                    PRAGMA secure_delete = OFF;
                    PRAGMA wal_autocheckpoint = 0;
                    PRAGMA cache_size = -\(cacheKiB);
                    """)
        }
        return configuration
    }

    /// What is said once the file is known to be a store, to the writer.
    static func finish(_ db: Database, _ options: StoreOptions) throws {
        try db.execute(
            sql: """
                PRAGMA synchronous = \(options.synchronous == .full ? "FULL" : "NORMAL");
                PRAGMA journal_size_limit = \(options.limits.walBytesMax);
                """)
    }

    private static let readersMax = 3
    private static let writerCacheKiB = 24 << 10
    private static let readerCacheKiB = 2 << 10
}
