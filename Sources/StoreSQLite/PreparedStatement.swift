import GRDB
import GRDBSQLite

/// One statement, bound and stepped through the C interface.
///
/// GRDB prepares and finalizes it. Between the two nothing is allocated: numbers are bound as they
/// are, short texts are copied by SQLite, and data is lent to it for the length of one step.
struct PreparedStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    init(_ sql: String, _ db: Database) throws {
        statement = try db.makeStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    /// One that the connection keeps for its next use; only one user has it at a time.
    init(cached sql: String, _ db: Database) throws {
        statement = try db.cachedStatement(sql: sql)
        handle = statement.sqliteStatement
    }

    // because -1 is how SQLite's header spells "copy it", which Swift can't import.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    func bind(_ place: Int32, _ value: Int64) { sqlite3_bind_int64(handle, place, value) }

    func bind(_ place: Int32, _ value: Int) { sqlite3_bind_int64(handle, place, Int64(value)) }

    func bind(_ place: Int32, _ value: Int64?) {
        guard let value else { return bindNull(place) }
        sqlite3_bind_int64(handle, place, value)
    }

    func bind(_ place: Int32, _ text: String?) {
        guard var text else { return bindNull(place) }
        text.withUTF8 { utf8 in
            let bytes = UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
            _ = sqlite3_bind_text(
                handle, place, bytes ?? Self.nothing, Int32(utf8.count), Self.transient)
        }
    }

    func bind(_ place: Int32, _ bytes: [UInt8]?) {
        guard let bytes else { return bindNull(place) }
        guard !bytes.isEmpty else { return bindEmpty(place) }
        _ = bytes.withUnsafeBytes { bytes in
            sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), Self.transient)
        }
    }

    /// Binds bytes that stay where they are until `run` or `reset`.
    func lend(_ place: Int32, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return bindEmpty(place) }
        sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), nil)
    }

    func bindNull(_ place: Int32) { sqlite3_bind_null(handle, place) }

    private func bindEmpty(_ place: Int32) { sqlite3_bind_zeroblob(handle, place, 0) }

    // because a text without bytes may have no address, and no address would mean NULL.
    private nonisolated(unsafe) static let nothing: UnsafePointer<CChar> = {
        let byte = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        byte.pointee = 0
        return UnsafePointer(byte)
    }()

    /// Does what a statement without rows does.
    func run() throws(StoreFailure) {
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failed() }
        sqlite3_reset(handle)
    }

    /// Runs it, and says how many rows it changed.
    func runCounting() throws(StoreFailure) -> Int {
        try run()
        return Int(sqlite3_changes(sqlite3_db_handle(handle)))
    }

    /// Goes to the next row; false after the last one, when the statement is ready for its next
    /// use.
    func next() throws(StoreFailure) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            sqlite3_reset(handle)
            return false
        default: throw failed()
        }
    }

    /// Ends before the last row.
    func reset() { sqlite3_reset(handle) }

    private func failed() -> StoreFailure {
        let failure = StoreFailure(of: sqlite3_db_handle(handle))
        sqlite3_reset(handle)
        return failure
    }

    func int64(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func int(_ column: Int32) -> Int { Int(sqlite3_column_int64(handle, column)) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }

    func text(_ column: Int32) -> String {
        guard let bytes = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// How long a text or a blob is, without reading it.
    func byteCount(_ column: Int32) -> Int { Int(sqlite3_column_bytes(handle, column)) }

    func bytes(_ column: Int32) -> [UInt8] { Array(lentBytes(column)) }

    /// The bytes where SQLite has them; they are gone with the next step.
    func lentBytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let bytes = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(
            start: bytes, count: Int(sqlite3_column_bytes(handle, column)))
    }
}
