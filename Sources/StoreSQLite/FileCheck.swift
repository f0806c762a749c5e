import GRDB
import GRDBSQLite
import Glibc

/// What can be said of a store's file before and just after it is opened, in milliseconds.
struct FileCheck {
    let path: String

    /// A larger file is looked at in part: its small tables, and whether it is whole.
    private static let wholeCheckBytesMax = 16 << 20

    /// Looks at the file as the system sees it.
    func checkFile() throws(StoreError) {
        var directory = stat()
        guard stat(folder, &directory) == 0, directory.st_mode & S_IFMT == S_IFDIR else {
            throw .noDirectory(path: path)
        }
        guard access(folder, W_OK) == 0, directory.st_mode & 0o222 != 0 else {
            throw .readOnly(path: path, reason: "its directory \"\(folder)\" is read-only")
        }
        var file = stat()
        guard stat(path, &file) == 0 else { return }
        guard file.st_mode & S_IFMT == S_IFREG else {
            throw .notAStore(path: path, found: "something that is no file")
        }
        // Asked of the mode as well, because root may write what is marked as not to be written.
        guard access(path, W_OK) == 0, file.st_mode & 0o222 != 0 else {
            throw .readOnly(path: path, reason: "the file is read-only")
        }
        try checkHeader(bytes: Int(file.st_size))
    }

    private func checkHeader(bytes: Int) throws(StoreError) {
        guard bytes > 0 else { return }
        guard let file = fopen(path, "r") else {
            throw .unusable(path: path, reason: String(cString: strerror(errno)))
        }
        defer { fclose(file) }
        var header = [UInt8](repeating: 0, count: 100)
        let count = fread(&header, 1, header.count, file)
        guard count == header.count, header.starts(with: Array("SQLite format 3\0".utf8)) else {
            throw .notAStore(
                path: path, found: "a file of \(bytes) bytes that is no SQLite database")
        }
    }

    /// Looks at the file as SQLite sees it, and whether it is one of ours.
    func checkContents(_ db: Database, known: Int) throws {
        guard sqlite3_db_readonly(db.sqliteConnection, "main") == 0 else {
            throw StoreError.readOnly(path: path, reason: "the file system is read-only")
        }
        let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == Schema.applicationID || (application == 0 && tables == 0) else {
            throw StoreError.notAStore(path: path, found: "a SQLite database of another program")
        }
        guard tables > 0 else { return }
        let found = try Migrations(steps: [], path: path).version(db)
        guard found <= known else {
            throw StoreError.newerSchema(path: path, found: found, known: known)
        }
        try checkPages(db)
    }

    private func checkPages(_ db: Database) throws {
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let whole = pages * WALLength.pageBytes <= Self.wholeCheckBytesMax
        let checks =
            whole
            ? ["PRAGMA quick_check(1)"] : Self.smallTables.map { "PRAGMA quick_check('\($0)')" }
        for check in checks {
            let found = try String.fetchOne(db, sql: check) ?? "ok"
            guard found == "ok" else { throw StoreError.corrupt(path: path, found: found) }
        }
        let last = try Int64.fetchOne(db, sql: "SELECT max(number) FROM events") ?? 0
        let counted = try Int64.fetchOne(db, sql: "SELECT event FROM ledger") ?? 0
        guard last <= counted else {
            throw StoreError.corrupt(
                path: path, found: "event \(last) is recorded where the ledger counts \(counted)")
        }
    }

    private static let smallTables = ["ledger", "functions", "migrations"]

    /// What an error of SQLite's at opening means to whoever opens.
    func error(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: return error
        case let failure as StoreFailure: return self.error(code: failure.code, "\(failure)")
        case let error as DatabaseError:
            return self.error(code: error.resultCode.rawValue, error.message ?? "\(error)")
        default: return .unusable(path: path, reason: "\(error)")
        }
    }

    private func error(code: Int32, _ message: String) -> StoreError {
        switch code & 0xFF {
        case SQLITE_CORRUPT: .corrupt(path: path, found: message)
        case SQLITE_NOTADB: .notAStore(path: path, found: "a file that is no SQLite database")
        case SQLITE_READONLY, SQLITE_PERM: .readOnly(path: path, reason: message)
        case SQLITE_BUSY, SQLITE_LOCKED: .locked(path: path)
        case SQLITE_FULL:
            .unusable(path: path, reason: "the disk is full; make room and start again")
        default: .unusable(path: path, reason: "\(message); look at the disk, then start again")
        }
    }

    /// Removes a file that may be there.
    static func remove(_ path: String) throws(StoreError) {
        guard unlink(path) == 0 || errno == ENOENT else {
            throw .unusable(
                path: path, reason: "it could not be removed: \(String(cString: strerror(errno)))")
        }
    }

    private var folder: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }
}
