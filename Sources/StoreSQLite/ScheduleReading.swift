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
                WITH RECURSIVE \(FiringChain.ofOne)
                SELECT planned_at, last_at, event, accepted_at, reason
                FROM chain JOIN firings ON firings.number = chain.number
                ORDER BY firings.number DESC
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

/// The rows of a schedule's firings, found one from the other, the last first.
enum FiringChain {
    /// A table `chain` with their numbers, for a query with tenant, name and
    /// how many there may be, -1 for all, as its first values.
    static let ofOne = """
        chain (number, schedule, previous) AS (
            SELECT firings.number, schedule, previous
            FROM schedules JOIN firings ON firings.number = last_firing
            WHERE tenant = ?1 AND name = ?2 AND schedule = schedules.number
            UNION ALL
            SELECT firings.number, firings.schedule, firings.previous
            FROM chain JOIN firings ON firings.number = chain.previous
            WHERE firings.schedule = chain.schedule AND firings.number < chain.number
            LIMIT ?3
        )
        """
}
