import Contract
import GRDB
import Invocations

/// The files that are on their way to buckets, each until its key is announced.
final class PlacementRows {
    private let ledger: Ledger
    private let insert: PreparedStatement
    private let any: PreparedStatement
    private let select: PreparedStatement
    private let delete: PreparedStatement

    init(_ db: Database, _ ledger: Ledger) throws {
        self.ledger = ledger
        insert = try PreparedStatement(
            """
            INSERT INTO placements (\(PlacementColumns.sql), \(PlacementColumns.originSQL))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, db)
        any = try PreparedStatement("SELECT 1 FROM placements WHERE bucket = ? LIMIT 1", db)
        let place = "WHERE bucket = ? AND key = ?"
        select = try PreparedStatement(
            """
            SELECT \(PlacementColumns.sql), \(PlacementColumns.originSQL) FROM placements
            \(place) ORDER BY number
            """, db)
        delete = try PreparedStatement("DELETE FROM placements \(place) AND number <= ?", db)
    }

    func insert(_ files: [StagedFile], _ origin: Origin?) throws -> [Placement] {
        guard let origin else { return [] }
        var placements: [Placement] = []
        for file in files {
            let number = ledger.nextVersion()
            insert.bind(1, number)
            insert.bind(2, file.bucket)
            insert.bind(3, file.key)
            insert.bind(4, file.name)
            insert.bind(5, file.mark?.size)
            insert.bind(6, file.mark?.modifiedNanoseconds)
            insert.bind(7, file.mark.map { Int64(bitPattern: $0.inode) })
            insert.bind(8, origin.tenant)
            insert.bind(9, origin.trace?.stored)
            insert.bind(10, origin.traceState)
            insert.bind(11, origin.cause?.stored)
            insert.bind(12, origin.depth)
            insert.bind(13, origin.sender)
            try insert.run()
            placements.append(Placement(number: number, file: file))
        }
        return placements
    }

    /// True where a file of the bucket is on its way.
    func hasAny(in bucket: String) throws -> Bool {
        any.bind(1, bucket)
        let found = try any.next()
        if found { any.reset() }
        return found
    }

    /// Forgets what a look at a key found done; whom the event of what it found comes from, where a
    /// placement made it.
    func end(
        _ found: Announcing.Found, _ announcing: Announcing
    ) throws -> Origin? {
        var rows: [Placement] = []
        var origins: [Origin] = []
        select.bind(1, announcing.bucket)
        select.bind(2, found.key)
        while try select.next() {
            rows.append(PlacementColumns.placement(select))
            origins.append(PlacementColumns.origin(select, now: announcing.origin.now))
        }
        guard !rows.isEmpty else { return nil }
        let done = rows.done(finding: found.mark, placedThrough: announcing.placedThrough)
        delete.bind(1, announcing.bucket)
        delete.bind(2, found.key)
        delete.bind(3, done.through)
        try delete.run()
        return done.cause.map { origins[$0] }
    }
}

/// A placement as its columns say, in the order of `sql`, and whom it comes from.
enum PlacementColumns {
    static let sql = "number, bucket, key, name, size, modified, inode"
    static let originSQL = "tenant, trace, trace_state, cause, depth, sender"

    static func placement(_ row: PreparedStatement) -> Placement {
        var mark: FileMark?
        if !row.isNull(4) {
            mark = FileMark(
                size: row.int64(4), modifiedNanoseconds: row.int64(5),
                inode: UInt64(bitPattern: row.int64(6)))
        }
        return Placement(
            number: row.int64(0),
            file: StagedFile(bucket: row.text(1), key: row.text(2), name: row.text(3), mark: mark))
    }

    fileprivate static func origin(_ row: PreparedStatement, now: Instant) -> Origin {
        Origin(
            now: now, tenant: row.text(7),
            trace: row.isNull(8) ? nil : TraceParent(stored: row.lentBytes(8)),
            traceState: row.optionalText(9),
            cause: row.isNull(10) ? nil : EventID(stored: row.lentBytes(10)), depth: row.int(11),
            sender: row.text(12))
    }
}

/// Answers questions about placements on a reading connection.
struct PlacementReading {
    let db: Database

    func placements(after: Int64, limit: Int) throws -> [Placement] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(PlacementColumns.sql) FROM placements WHERE number > ?
                ORDER BY number LIMIT ?
                """, db)
        select.bind(1, after)
        select.bind(2, limit)
        var rows: [Placement] = []
        while try select.next() { rows.append(PlacementColumns.placement(select)) }
        return rows
    }
}
