import GRDB
import GRDBSQLite
import Glibc

/// What SQLite said when a statement failed.
struct StoreFailure: Error, Equatable, CustomStringConvertible {
    /// SQLite's extended result code.
    var code: Int32
    var message: String
    /// The system's error number, 0 where the system had no part in it.
    var systemError: Int32

    init(code: Int32, message: String, systemError: Int32 = 0) {
        self.code = code
        self.message = message
        self.systemError = systemError
    }

    /// The last failure of a connection.
    init(of connection: OpaquePointer?) {
        code = sqlite3_extended_errcode(connection)
        message = String(cString: sqlite3_errmsg(connection))
        systemError = sqlite3_system_errno(connection)
    }

    init(_ error: any Error, of connection: OpaquePointer?) {
        switch error {
        case let failure as StoreFailure: self = failure
        case let error as DatabaseError:
            self.init(
                code: error.extendedResultCode.rawValue, message: error.message ?? "\(error)",
                systemError: sqlite3_system_errno(connection))
        default: self.init(code: SQLITE_ERROR, message: "\(error)")
        }
    }

    init(_ fault: StoreFault) {
        switch fault {
        case .full: self.init(code: SQLITE_FULL, message: "database or disk is full")
        case .locked: self.init(code: SQLITE_BUSY, message: "database is locked")
        case .sync: self.init(code: Self.fsync, message: "disk I/O error", systemError: EIO)
        }
    }

    /// What a failure means for what comes after it.
    enum Meaning: Equatable {
        /// There is no room; there may be later.
        case full
        /// Somebody else holds the file's lock; they may let go.
        case busy
        /// What is on the disk is not known any more.
        case broken
        /// The one statement was wrong, and nothing else is.
        case wrong
    }

    var meaning: Meaning {
        switch code & 0xFF {
        case SQLITE_FULL: .full
        case SQLITE_BUSY: .busy
        case SQLITE_IOERR: isAboutSpace ? .full : .broken
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM,
            SQLITE_PROTOCOL,
            SQLITE_NOLFS:
            .broken
        default: .wrong
        }
    }

    /// A sync that failed for want of space lost what it was to keep, so it is not about space.
    private var isAboutSpace: Bool {
        guard systemError == ENOSPC || systemError == EDQUOT else { return false }
        return code != Self.fsync && code != Self.directoryFsync
    }

    // SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC, which are macros that Swift can't import.
    private static let fsync = SQLITE_IOERR | 4 << 8
    private static let directoryFsync = SQLITE_IOERR | 5 << 8

    var description: String {
        systemError == 0
            ? "\(message) (SQLite \(code))"
            : "\(message) (SQLite \(code), \(String(cString: strerror(systemError))))"
    }
}
