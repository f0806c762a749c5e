import Glibc
import GRDB

/// Opens a file as a store: checks it, migrates it, sets its connections up.
struct Opening {
    let path: String
    let options: StoreOptions
    let migrations: [Migration]

    struct Opened {
        let pool: DatabasePool
        let checkpoints: DatabaseQueue
    }

    func open(_ length: WALLength) throws(StoreError) -> Opened {
        let check = FileCheck(path: path)
        try check.checkFile()
        do {
            try checkBeforeUse(check)
            let configuration = Connections.configuration(options)
            let pool = try DatabasePool(path: path, configuration: configuration)
            try pool.writeWithoutTransaction { db in
                try Migrations(steps: migrations, path: path).migrate(db, now: Int64(time(nil)) * 1000)
                try Connections.finish(db, options)
                length.watch(db)
            }
            return Opened(pool: pool, checkpoints: try DatabaseQueue(path: path, configuration: configuration))
        } catch {
            throw check.error(error)
        }
    }

    /// Looks at the file through a connection that changes nothing.
    private func checkBeforeUse(_ check: FileCheck) throws {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.inDatabase { db in try check.checkContents(db, known: migrations.count) }
        try queue.close()
    }
}
