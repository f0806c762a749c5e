import Contract
import Invocations

import class GRDB.Database

/// Idempotency keys and the events that they stand for.
final class KeyRows {
    private let hasher: KeyHash
    private let select: PreparedStatement
    private let insert: PreparedStatement

    init(_ db: Database, secret: [UInt8]) throws {
        hasher = KeyHash(secret: secret)
        select = try PreparedStatement(
            "SELECT event, accepted_at, expires_at, call_id FROM keys WHERE hash = ?", db)
        insert = try PreparedStatement(
            """
            INSERT OR REPLACE INTO keys (hash, event, accepted_at, expires_at, call_id)
            VALUES (?, ?, ?, ?, ?)
            """, db)
    }

    func hash(_ key: Record.Key) -> [UInt8] { hasher.hash(of: key) }

    /// The event that has the key at `now`.
    func event(of hash: [UInt8], at now: Instant) throws -> (id: EventID, number: EventNumber)? {
        select.bind(1, hash)
        guard try select.next() else { return nil }
        defer { select.reset() }
        guard select.int64(2) > now.milliseconds else { return nil }
        return (
            EventColumns.id(select, number: 0, acceptedAt: 1, callID: 3),
            EventNumber(select.int64(0))
        )
    }

    func insert(_ hash: [UInt8], _ event: borrowing NewEvent, _ number: EventNumber, until: Instant)
        throws
    {
        insert.bind(1, hash)
        insert.bind(2, number.rawValue)
        insert.bind(3, event.acceptedAt.milliseconds)
        insert.bind(4, until.milliseconds)
        if let id = event.callID { insert.bind(5, id.stored) } else { insert.bindNull(5) }
        try insert.run()
    }
}
