import Contract
import GRDB
import GRDBSQLite
import Invocations

/// The rows of schedules and of what became of their instants.
final class ScheduleRows {
    private let select: PreparedStatement
    private let selectPlace: PreparedStatement
    private let upsert: PreparedStatement
    private let retire: PreparedStatement
    private let pause: PreparedStatement
    private let advance: PreparedStatement
    private let delete: PreparedStatement
    private let deleteFirings: PreparedStatement
    private let insertFiring: PreparedStatement
    private let connection: SQLiteConnection?

    init(_ db: Database) throws {
        let place = "WHERE tenant = ? AND name = ?"
        select = try PreparedStatement(
            "SELECT \(ScheduleColumns.sql) FROM schedules \(place)", db)
        selectPlace = try PreparedStatement(
            """
            SELECT number, retired, cursor, last_fired, last_tick, last_firing, paused
            FROM schedules \(place)
            """, db)
        upsert = try PreparedStatement(
            """
            INSERT INTO schedules (tenant, name, declaration, declared, paused, retired, since,
            cursor, last_fired, last_tick)
            VALUES (?, ?, ?, ?, 0, 0, ?, ?, NULL, NULL)
            ON CONFLICT (tenant, name) DO UPDATE SET declaration = excluded.declaration,
            declared = excluded.declared, retired = 0, cursor = excluded.cursor
            """, db)
        retire = try PreparedStatement(
            "UPDATE schedules SET retired = 1 WHERE declared = 1", db)
        pause = try PreparedStatement(
            """
            UPDATE schedules SET paused = ?2, cursor = ?3, last_firing = ?4 WHERE number = ?1
            """, db)
        advance = try PreparedStatement(
            """
            UPDATE schedules SET cursor = ?2, last_fired = ?3, last_tick = ?4, last_firing = ?5
            WHERE number = ?1
            """, db)
        delete = try PreparedStatement("DELETE FROM schedules \(place)", db)
        deleteFirings = try PreparedStatement(
            """
            WITH RECURSIVE \(FiringChain.ofOne)
            DELETE FROM firings WHERE number IN (SELECT number FROM chain)
            """, db)
        insertFiring = try PreparedStatement(
            """
            INSERT INTO firings (schedule, planned_at, last_at, event, accepted_at, reason, by_hand,
            previous)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, db)
        connection = db.sqliteConnection
    }

    /// Where a schedule stands: all that firing needs of its row.
    struct Place {
        var number: Int64
        var isRetired: Bool
        var isPaused: Bool
        var cursor: Instant
        var lastFired: Instant?
        /// The invocation of its last tick.
        var lastTick: Int64?
        /// The row of what became last of its instants.
        var lastFiring: Int64?
    }

    func find(_ name: String) throws -> ScheduleRow? {
        select.bind(1, Event.defaultTenant)
        select.bind(2, name)
        guard try select.next() else { return nil }
        defer { select.reset() }
        return ScheduleColumns.row(select)
    }

    func place(_ name: String) throws -> Place? {
        selectPlace.bind(1, Event.defaultTenant)
        selectPlace.bind(2, name)
        guard try selectPlace.next() else { return nil }
        defer { selectPlace.reset() }
        return Place(
            number: selectPlace.int64(0), isRetired: selectPlace.int(1) == 1,
            isPaused: selectPlace.int(6) == 1,
            cursor: Instant(milliseconds: selectPlace.int64(2)),
            lastFired: selectPlace.optionalInt64(3).map { Instant(milliseconds: $0) },
            lastTick: selectPlace.optionalInt64(4), lastFiring: selectPlace.optionalInt64(5))
    }

    /// Why a schedule can't be made or removed, if it can't.
    func refusal(of planning: Planning) throws -> Refusal? {
        switch planning {
        case .set(let declaration, _):
            guard let row = try find(declaration.name), row.isDeclared, !row.isRetired else {
                return nil
            }
            return .isDeclared(schedule: declaration.name)
        case .remove(let name):
            guard let row = try find(name) else { return .unknownSchedule(name) }
            return row.isDeclared && !row.isRetired ? .isDeclared(schedule: name) : nil
        case .pause(let name, _, _):
            return try find(name) == nil ? .unknownSchedule(name) : nil
        case .declare, .fire: return nil
        }
    }

    /// Makes, removes or pauses; firing is the planner's.
    func apply(_ planning: Planning) throws {
        switch planning {
        case .declare(let declarations, let now):
            let known = try declarations.map { try find($0.name) }
            try retire.run()
            for (declaration, row) in zip(declarations, known) {
                try put(declaration, over: row, isDeclared: true, now)
            }
        case .set(let declaration, let now):
            try put(declaration, over: try find(declaration.name), isDeclared: false, now)
        case .remove(let name): try remove(name)
        case .pause(let name, let isPaused, let now): try setPaused(isPaused, name, now)
        case .fire: preconditionFailure("a firing is applied by the planner")
        }
    }

    /// A changed pattern begins anew; else what was planned before stays planned.
    private func put(
        _ declaration: ScheduleDeclaration, over row: ScheduleRow?, isDeclared: Bool,
        _ now: Instant
    ) throws {
        var cursor = now
        if let row {
            let goesOn = !row.isRetired && row.hasTimes(of: declaration)
            // It never goes back, whatever the clock does: nothing is decided twice.
            cursor = goesOn ? row.cursor : max(now, row.cursor)
        }
        var bytes: [UInt8] = []
        declaration.append(to: &bytes)
        upsert.bind(1, Event.defaultTenant)
        upsert.bind(2, declaration.name)
        upsert.bind(3, bytes)
        upsert.bind(4, isDeclared ? 1 : 0)
        upsert.bind(5, now.milliseconds)
        upsert.bind(6, cursor.milliseconds)
        try upsert.run()
    }

    private func remove(_ name: String) throws {
        deleteFirings.bind(1, Event.defaultTenant)
        deleteFirings.bind(2, name)
        deleteFirings.bind(3, -1)
        try deleteFirings.run()
        delete.bind(1, Event.defaultTenant)
        delete.bind(2, name)
        try delete.run()
    }

    private func setPaused(_ isPaused: Bool, _ name: String, _ now: Instant) throws {
        guard let row = try find(name), var place = try place(name) else { return }
        if row.isPaused, !isPaused, place.cursor < now {
            let first = place.cursor + .milliseconds(1)
            try insert(
                FiringRow(first: first, last: now, reason: .paused), of: &place, event: nil)
            place.cursor = now
        }
        pause.bind(1, place.number)
        pause.bind(2, isPaused ? 1 : 0)
        pause.bind(3, place.cursor.milliseconds)
        pause.bind(4, place.lastFiring)
        try pause.run()
    }

    // MARK: firing

    /// Writes what a firing changed.
    func advance(_ place: Place) throws {
        advance.bind(1, place.number)
        advance.bind(2, place.cursor.milliseconds)
        advance.bind(3, place.lastFired?.milliseconds)
        advance.bind(4, place.lastTick)
        advance.bind(5, place.lastFiring)
        try advance.run()
    }

    /// Makes the row the schedule's last one. A firing by hand may meet a planned instant: its event's
    /// number tells the two apart.
    func insert(
        _ firing: FiringRow, of schedule: inout Place, event: EventNumber?, isByHand: Bool = false
    ) throws {
        insertFiring.bind(1, schedule.number)
        insertFiring.bind(2, firing.first.milliseconds)
        insertFiring.bind(3, firing.last.milliseconds)
        insertFiring.bind(4, event?.rawValue)
        insertFiring.bind(5, firing.event.map { $0.instant.milliseconds })
        insertFiring.bind(6, firing.reason?.rawValue)
        insertFiring.bind(7, isByHand ? event?.rawValue ?? 0 : 0)
        insertFiring.bind(8, schedule.lastFiring)
        try insertFiring.run()
        schedule.lastFiring = sqlite3_last_insert_rowid(connection)
    }
}

/// A schedule as its columns say, in the order of `sql`.
enum ScheduleColumns {
    static let sql = "declaration, declared, paused, retired, since, cursor, last_fired"

    static func row(_ row: PreparedStatement) -> ScheduleRow {
        ScheduleRow(
            declaration: ScheduleDeclaration(stored: row.lentBytes(0)),
            isDeclared: row.int(1) == 1, isPaused: row.int(2) == 1, isRetired: row.int(3) == 1,
            since: Instant(milliseconds: row.int64(4)),
            cursor: Instant(milliseconds: row.int64(5)),
            lastFired: row.optionalInt64(6).map { Instant(milliseconds: $0) })
    }
}

extension ScheduleDeclaration {
    fileprivate init(stored bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        do throws(FrameError) {
            self = try ScheduleDeclaration(from: &reader)
        } catch {
            preconditionFailure("a schedule was stored that can't be read: \(error)")
        }
    }
}
