import Contract
import GRDB
import Invocations

/// Lists of events, the newest first.
///
/// They are found along the table, a bounded number of rows at a time: a page may hold fewer than
/// were asked for, or none, and still say where to go on.
struct EventListing {
    let db: Database

    init(_ db: Database) { self.db = db }

    /// Rows that one page looks at.
    private static let scannedMax = 200_000

    func page(_ filter: EventFilter) throws -> Page {
        let select = try PreparedStatement(
            cached: """
                SELECT number, kind, subject, accepted_at, cause, call_id FROM events
                WHERE number < ? ORDER BY number DESC
                """, db)
        select.bind(1, filter.before?.rawValue ?? .max)
        defer { select.reset() }
        var found: [EventSummary] = []
        var scanned = 0
        while try select.next() {
            scanned += 1
            guard let kind = InputKind(code: UInt8(truncatingIfNeeded: select.int64(1))) else {
                preconditionFailure("an event was stored with the kind \(select.int64(1))")
            }
            let number = EventNumber(select.int64(0))
            let subject = select.text(2)
            if filter.admits(kind: kind, subject: subject) {
                guard found.count < filter.limit else {
                    return .events(found, next: found.last?.number)
                }
                found.append(
                    EventSummary(
                        id: EventColumns.id(select, number: 0, acceptedAt: 3, callID: 5),
                        number: number, kind: kind, subject: subject,
                        acceptedAt: Instant(milliseconds: select.int64(3)),
                        cause: select.isNull(4) ? nil : EventID(stored: select.lentBytes(4))))
            }
            if scanned == Self.scannedMax { return .events(found, next: number) }
        }
        return .events(found, next: nil)
    }
}
