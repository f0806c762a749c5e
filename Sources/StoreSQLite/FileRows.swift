import Contract
import GRDB
import Invocations

/// The files that were announced, and what becomes of a look at one.
final class FileRows {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let recorder: Recorder
    private let settler: Settler
    private let placements: PlacementRows
    private let select: PreparedStatement
    private let put: PreparedStatement
    private let delete: PreparedStatement
    private let ofEvent: PreparedStatement

    init(
        _ db: Database, _ ledger: Ledger, _ invocations: InvocationRows, _ recorder: Recorder,
        _ settler: Settler, _ placements: PlacementRows
    ) throws {
        self.ledger = ledger
        self.invocations = invocations
        self.recorder = recorder
        self.settler = settler
        self.placements = placements
        let place = "WHERE tenant = ? AND bucket = ? AND key = ?"
        select = try PreparedStatement("SELECT \(FileColumns.sql), event FROM files \(place)", db)
        put = try PreparedStatement(
            """
            INSERT OR REPLACE INTO files (tenant, bucket, key, generation, size, modified, inode,
            event)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, db)
        delete = try PreparedStatement("DELETE FROM files \(place)", db)
        ofEvent = try PreparedStatement(
            "SELECT number FROM invocations WHERE number >= ? AND number < ?", db)
    }

    /// Records what is new of all that was found; the rest changes nothing.
    func announce(_ announcing: Announcing) throws -> Answer {
        if let refusal = try recorder.refusal(adding: announcing.files.count) {
            return .refused(refusal)
        }
        var announced = Announced()
        let placed = try placements.hasAny(in: announcing.bucket)
        for found in announcing.files {
            var one = announcing
            if placed, let origin = try placements.end(found, announcing) { one.origin = origin }
            try announce(found, one, &announced)
        }
        return .announced(announced)
    }

    private func announce(
        _ found: Announcing.Found, _ announcing: Announcing, _ announced: inout Announced
    ) throws {
        bind(select, announcing.bucket, found.key)
        var known: (row: FileRow, event: Int64?)?
        if try select.next() {
            known = (FileColumns.row(select), select.optionalInt64(FileColumns.count))
            select.reset()
        }
        guard let mark = found.mark else {
            guard let known else { return }
            return try change("deleted", nil, found.key, known.event, announcing, &announced)
        }
        guard let kind = mark.kind(after: known?.row.mark, isTouched: found.isTouched) else {
            guard let known, known.row.mark != mark else { return }
            return try keep(
                FileRow(key: found.key, generation: known.row.generation, mark: mark),
                announcing.bucket, event: known.event)
        }
        try change(kind, mark, found.key, known?.event, announcing, &announced)
    }

    private func change(
        _ kind: String, _ mark: FileMark?, _ key: String, _ before: Int64?,
        _ announcing: Announcing, _ announced: inout Announced
    ) throws {
        let generation = ledger.nextVersion()
        let change = ChangedFile(
            bucket: announcing.bucket, key: key, kind: kind, generation: generation, mark: mark)
        if let before { try replace(before, announcing.origin.now, &announced) }
        var event: Int64?
        if let record = settler.triggers.record(of: change, announcing.origin) {
            let recorded = try recorder.insert(record)
            event = recorded.number.rawValue
            announced.ready.formUnion(recorded.ready)
        }
        announced.changes += 1
        if let mark {
            try keep(
                FileRow(key: key, generation: generation, mark: mark), announcing.bucket,
                event: event)
        } else {
            bind(delete, announcing.bucket, key)
            try delete.run()
        }
    }

    /// Cancels what the generation before is still owed to and does not run now; what runs is
    /// looked at when it ends.
    private func replace(_ event: Int64, _ now: Instant, _ announced: inout Announced) throws {
        ofEvent.bind(1, event << InvocationNumber.ordinalBits)
        ofEvent.bind(2, (event + 1) << InvocationNumber.ordinalBits)
        var numbers: [Int64] = []
        while try ofEvent.next() { numbers.append(ofEvent.int64(0)) }
        for number in numbers {
            guard let row = try invocations.row(number), row.state.isOwed, row.state != .running
            else {
                continue
            }
            try invocations.end(
                row, as: .cancelled, at: now.milliseconds, error: Announced.replaced)
            announced.ready.formUnion(try settler.follower(of: row))
        }
    }

    private func keep(_ row: FileRow, _ bucket: String, event: Int64?) throws {
        bind(put, bucket, row.key)
        put.bind(4, row.generation)
        put.bind(5, row.mark.size)
        put.bind(6, row.mark.modifiedNanoseconds)
        put.bind(7, Int64(bitPattern: row.mark.inode))
        put.bind(8, event)
        try put.run()
    }

    private func bind(_ statement: PreparedStatement, _ bucket: String, _ key: String) {
        statement.bind(1, Event.defaultTenant)
        statement.bind(2, bucket)
        statement.bind(3, key)
    }
}

/// A file as its columns say, in the order of `sql`.
enum FileColumns {
    static let sql = "key, generation, size, modified, inode"
    static let count: Int32 = 5

    static func row(_ row: PreparedStatement) -> FileRow {
        FileRow(
            key: row.text(0), generation: row.int64(1),
            mark: FileMark(
                size: row.int64(2), modifiedNanoseconds: row.int64(3),
                inode: UInt64(bitPattern: row.int64(4))))
    }
}

/// Answers questions about announced files on a reading connection.
struct FileReading {
    let db: Database

    func files(in bucket: String, after: String?, limit: Int) throws -> [FileRow] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(FileColumns.sql) FROM files
                WHERE tenant = ? AND bucket = ? AND key > ? ORDER BY key LIMIT ?
                """, db)
        select.bind(1, Event.defaultTenant)
        select.bind(2, bucket)
        select.bind(3, after ?? "")
        select.bind(4, limit)
        var rows: [FileRow] = []
        while try select.next() { rows.append(FileColumns.row(select)) }
        return rows
    }

    func files(in bucket: String, keys: [String]) throws -> [FileRow] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(FileColumns.sql) FROM files
                WHERE tenant = ? AND bucket = ? AND key = ?
                """, db)
        var rows: [FileRow] = []
        for key in keys {
            select.bind(1, Event.defaultTenant)
            select.bind(2, bucket)
            select.bind(3, key)
            guard try select.next() else { continue }
            rows.append(FileColumns.row(select))
            select.reset()
        }
        return rows
    }
}
