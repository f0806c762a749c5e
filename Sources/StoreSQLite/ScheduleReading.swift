import Contract
import GRDB
import Invocations

/// Answers questions about schedules on a reading connection.
struct ScheduleReading {
    private let db: Database

    init(_ db: Database) { self.db = db }

    /// One row, or none.
    func schedule(_ name: String) throws -> [ScheduleRow] {
        let select = try PreparedStatement(
            cached: "SELECT \(ScheduleColumns.sql) FROM schedules WHERE tenant = ? AND name = ?", db
        )
        select.bind(1, Event.defaultTenant)
        select.bind(2, name)
        guard try select.next() else { return [] }
        defer { select.reset() }
        return [ScheduleColumns.row(select)]
    }

    func schedules(after: String?, limit: Int) throws -> [ScheduleRow] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(ScheduleColumns.sql) FROM schedules
                WHERE tenant = ? AND name > ? ORDER BY name LIMIT ?
                """, db)
        select.bind(1, Event.defaultTenant)
        select.bind(2, after ?? "")
        select.bind(3, limit)
        var rows: [ScheduleRow] = []
        while try select.next() { rows.append(ScheduleColumns.row(select)) }
        return rows
    }

    func firings(of schedule: String, limit: Int) throws -> [FiringRow] {
        let select = try PreparedStatement(
            cached: """
                SELECT planned_at, last_at, event, accepted_at, reason FROM firings
                WHERE schedule = (SELECT number FROM schedules WHERE tenant = ? AND name = ?)
                ORDER BY planned_at DESC, by_hand DESC LIMIT ?
                """, db)
        select.bind(1, Event.defaultTenant)
        select.bind(2, schedule)
        select.bind(3, limit)
        var rows: [FiringRow] = []
        while try select.next() {
            let accepted = Instant(milliseconds: select.int64(3))
            rows.append(
                FiringRow(
                    first: Instant(milliseconds: select.int64(0)),
                    last: Instant(milliseconds: select.int64(1)),
                    event: select.optionalInt64(2).map {
                        EventID(.event, number: $0, at: accepted)
                    },
                    reason: select.optionalText(4).flatMap { Skip.Reason(rawValue: $0) }))
        }
        return rows
    }
}
