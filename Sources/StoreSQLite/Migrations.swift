import GRDB

/// The steps from an empty file to the schema of this version, each in a transaction of its own.
struct Migration: Sendable {
    var name: String
    var sql: String

    static let all = [
        Migration(name: "first", sql: Schema.first),
        Migration(name: "schedules", sql: Schema.schedules),
        Migration(name: "files", sql: Schema.files),
        Migration(name: "placements", sql: Schema.placements),
        Migration(name: "indexes", sql: Schema.indexes),
        Migration(name: "responses of attempts", sql: Schema.responsesOfAttempts),
        Migration(name: "firings in their order", sql: Schema.firingsInOrder),
        Migration(name: "firings by their last instant", sql: Schema.firingsByLastInstant),
    ]
}

/// Brings a file to the schema of this version.
struct Migrations {
    let steps: [Migration]
    let path: String

    /// The number of the last step that was applied, 0 for an empty file.
    func version(_ db: Database) throws -> Int {
        guard try db.tableExists("migrations") else { return 0 }
        return try Int.fetchOne(db, sql: "SELECT max(number) FROM migrations") ?? 0
    }

    /// Applies what is missing; a file that holds something is copied first.
    func migrate(_ db: Database, now: Int64) throws {
        let found = try version(db)
        guard found <= steps.count else {
            throw StoreError.newerSchema(path: path, found: found, known: steps.count)
        }
        guard found < steps.count else { return }
        if found > 0 { try keepCopy(db, version: found) }
        for number in found + 1...steps.count { try apply(number, db, now: now) }
    }

    private func apply(_ number: Int, _ db: Database, now: Int64) throws {
        let step = steps[number - 1]
        do {
            try db.inTransaction(.immediate) {
                try db.execute(sql: step.sql)
                if number == 1 { try begin(db) }
                try db.execute(
                    sql: "INSERT INTO migrations (number, name, applied_at) VALUES (?, ?, ?)",
                    arguments: [number, step.name, now])
                return .commit
            }
        } catch let error as DatabaseError {
            throw StoreError.migration(
                path: path, name: step.name,
                reason: "\(StoreFailure(error, of: db.sqliteConnection))")
        }
    }

    /// The row of the ledger, with the secret under which keys are hashed.
    private func begin(_ db: Database) throws {
        try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
        try db.execute(
            sql: """
                INSERT INTO ledger (id, event, lease, version, recorded, pruned, dead_bytes,
                swept, secret)
                VALUES (1, 0, ?, 0, 0, 0, 0, 0, randomblob(16))
                """, arguments: [Schema.leaseBase])
    }

    /// Beside the file, named for the version that it has.
    private func keepCopy(_ db: Database, version: Int) throws {
        let copy = "\(path).version-\(version)"
        try FileCheck.remove(copy)
        do {
            try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
        } catch let error as DatabaseError {
            let failure = StoreFailure(error, of: db.sqliteConnection)
            throw StoreError.unusable(
                path: path, reason: "no copy could be kept before migrating: \(failure)")
        }
    }
}
