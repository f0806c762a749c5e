import Contract
import GRDB
import Invocations

/// One invocation as it is decided about.
struct InvocationRow {
    var number: Int64
    var function: Int64
    var state: InvocationState
    var turn: Int64
    var lease: Int64
    var runs: Int
    var charged: Int
    var suspicion: Suspicion
    /// The runs before this series: it names the series, and its attempts are counted on from there.
    var series: Int64
    /// Means something once it ran.
    var firstRunAt: Int64
    /// When its last run began, as far as it is known.
    var beganAt: Int64
    var finishedAt: Int64
    var worker: Int32
    var orderingKey: String?

    var event: Int64 { number >> InvocationNumber.ordinalBits }

    var held: Held { Held(invocation: InvocationNumber(number), lease: Lease(lease)) }
}

/// The rows of invocations.
///
/// Each verb is one transition of the drawing above `InvocationState`; it counts what it moves.
final class InvocationRows {
    private let ledger: Ledger
    private let select: PreparedStatement
    private let insert: PreparedStatement
    private let succeed: PreparedStatement
    private let end: PreparedStatement
    private let wait: PreparedStatement
    private let putBack: PreparedStatement
    private let release: PreparedStatement
    private let start: PreparedStatement
    private let restart: PreparedStatement
    private let insertStraggler: PreparedStatement
    private let dataBytes: PreparedStatement

    init(_ db: Database, _ ledger: Ledger) throws {
        self.ledger = ledger
        select = try PreparedStatement(
            """
            SELECT function, state, turn, lease, runs, charged, suspicion, series, first_run_at,
            began_at,
            finished_at, worker, ordering_key FROM invocations WHERE number = ?
            """, db)
        insert = try PreparedStatement(
            """
            INSERT INTO invocations (number, function, state, turn, lease, runs, charged,
            suspicion, series,
            first_run_at, began_at, finished_at, worker, due_at, error, ordering_key)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, 0, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
            """, db)
        succeed = try PreparedStatement(
            """
            UPDATE invocations SET state = 50, suspicion = ?2, began_at = ?3, finished_at = ?4,
            worker = ?5,
            error = NULL WHERE number = ?1
            """, db)
        end = try PreparedStatement(
            """
            UPDATE invocations SET state = ?2, charged = ?3, suspicion = ?4, began_at = ?5,
            finished_at = ?6,
            worker = ?7, error = ?8 WHERE number = ?1
            """, db)
        wait = try PreparedStatement(
            """
            UPDATE invocations SET state = 40, charged = ?2, suspicion = ?3, began_at = ?4,
            worker = ?5,
            error = ?6, due_at = ?7 WHERE number = ?1
            """, db)
        putBack = try PreparedStatement(
            """
            UPDATE invocations SET state = 20, turn = ?2, runs = ?3, charged = ?4,
            suspicion = ?5, series = ?6,
            error = ?7, began_at = ?8 WHERE number = ?1
            """, db)
        release = try PreparedStatement(
            "UPDATE invocations SET state = 20, runs = ?2 WHERE number = ?1", db)
        start = try PreparedStatement(
            """
            UPDATE invocations SET state = 30, lease = ?2, runs = ?3, first_run_at = ?4,
            began_at = ?5
            WHERE number = ?1
            """, db)
        restart = try PreparedStatement(
            """
            UPDATE invocations SET lease = ?2, runs = ?3, charged = ?4, suspicion = ?5, error = ?6,
            began_at = ?7 WHERE number = ?1
            """, db)
        insertStraggler = try PreparedStatement(
            "INSERT OR IGNORE INTO stragglers (finished_at, invocation) VALUES (?, ?)", db)
        dataBytes = try PreparedStatement("SELECT length(data) FROM events WHERE number = ?", db)
    }

    func row(_ number: Int64) throws -> InvocationRow? {
        select.bind(1, number)
        guard try select.next() else { return nil }
        let row = InvocationRow(
            number: number, function: select.int64(0),
            state: InvocationState(code: select.int64(1)),
            turn: select.int64(2), lease: select.int64(3), runs: select.int(4),
            charged: select.int(5),
            suspicion: Suspicion(rawValue: select.int(6)) ?? .none, series: select.int64(7),
            firstRunAt: select.int64(8), beganAt: select.int64(9), finishedAt: select.int64(10),
            worker: Int32(truncatingIfNeeded: select.int64(11) - Schema.workerBase),
            orderingKey: select.optionalText(12))
        select.reset()
        return row
    }

    // MARK: a new one

    /// An invocation that is recorded, with what its state needs.
    struct New {
        var number: Int64
        var function: Int64
        var state: InvocationState
        var turn = Turn.has
        var lease = Schema.leaseBase
        var runs = 0
        var charged = 0
        var acceptedAt: Int64
        var beganAt: Int64?
        var finishedAt: Int64?
        var worker: Int32 = 0
        var dueAt: Int64?
        var error: String?
        var orderingKey: String?
    }

    func insert(_ new: New) throws {
        insert.bind(1, new.number)
        insert.bind(2, new.function)
        insert.bind(3, new.state.code)
        insert.bind(4, new.turn)
        insert.bind(5, new.lease)
        insert.bind(6, new.runs)
        insert.bind(7, new.charged)
        insert.bind(8, new.beganAt ?? new.acceptedAt)
        insert.bind(9, new.beganAt ?? new.acceptedAt)
        insert.bind(10, new.finishedAt ?? new.acceptedAt)
        insert.bind(11, Schema.workerBase + Int64(new.worker))
        insert.bind(12, new.dueAt)
        insert.bind(13, new.error)
        insert.bind(14, new.orderingKey)
        try insert.run()
        ledger.move(new.function, from: nil, to: new.state)
        if let dueAt = new.dueAt { ledger.waits(new.function, until: dueAt) }
    }

    // MARK: into running

    /// Puts a ready one under a lease.
    func start(
        _ number: Int64, function: Int64, lease: Int64, runs: Int, firstRunAt: Int64, beganAt: Int64
    ) throws {
        start.bind(1, number)
        start.bind(2, lease)
        start.bind(3, runs)
        start.bind(4, firstRunAt)
        start.bind(5, beganAt)
        try start.run()
        ledger.move(function, from: .ready, to: .running)
    }

    /// Gives a running one the lease of its next run.
    func restart(_ row: InvocationRow, lease: Int64, error: String?) throws {
        restart.bind(1, row.number)
        restart.bind(2, lease)
        restart.bind(3, row.runs)
        restart.bind(4, row.charged)
        restart.bind(5, row.suspicion.rawValue)
        restart.bind(6, error)
        restart.bind(7, row.beganAt)
        try restart.run()
    }

    // MARK: out of running

    func succeed(_ row: InvocationRow, _ ending: Ending) throws {
        succeed.bind(1, row.number)
        succeed.bind(2, row.suspicion.rawValue)
        succeed.bind(3, ending.beganAt.milliseconds)
        succeed.bind(4, ending.endedAt.milliseconds)
        succeed.bind(5, Schema.workerBase + Int64(ending.worker))
        try succeed.run()
        try left(row, to: .succeeded, at: ending.endedAt.milliseconds)
    }

    /// Ends `row` as cancelled or dead; `began` is nil for one that did not run now.
    func end(
        _ row: InvocationRow, as state: InvocationState, at finished: Int64, began: Int64? = nil,
        worker: Int32 = 0, error: String?
    ) throws {
        end.bind(1, row.number)
        end.bind(2, state.code)
        end.bind(3, row.charged)
        end.bind(4, row.suspicion.rawValue)
        end.bind(5, began ?? row.beganAt)
        end.bind(6, finished)
        end.bind(7, Schema.workerBase + Int64(worker))
        end.bind(8, error)
        try end.run()
        try left(row, to: state, at: finished)
    }

    func wait(_ row: InvocationRow, until due: Instant, _ ending: Ending, error: String?) throws {
        wait.bind(1, row.number)
        wait.bind(2, row.charged)
        wait.bind(3, row.suspicion.rawValue)
        wait.bind(4, ending.beganAt.milliseconds)
        wait.bind(5, Schema.workerBase + Int64(ending.worker))
        wait.bind(6, error)
        wait.bind(7, due.milliseconds)
        try wait.run()
        ledger.move(row.function, from: row.state, to: .retrying)
        ledger.waits(row.function, until: due.milliseconds)
    }

    /// Takes back the run of one that never began.
    func release(_ row: InvocationRow) throws {
        release.bind(1, row.number)
        release.bind(2, row.runs - 1)
        try release.run()
        ledger.move(row.function, from: .running, to: .ready)
    }

    /// Makes `row` ready, from whatever state it was in.
    func putBack(_ row: InvocationRow, error: String?) throws {
        putBack.bind(1, row.number)
        putBack.bind(2, row.turn)
        putBack.bind(3, row.runs)
        putBack.bind(4, row.charged)
        putBack.bind(5, row.suspicion.rawValue)
        putBack.bind(6, row.series)
        putBack.bind(7, error)
        putBack.bind(8, row.beganAt)
        try putBack.run()
        if row.state == .dead { ledger.addDeadBytes(try -deadBytes(row.number)) }
        ledger.move(row.function, from: row.state, to: .ready)
    }

    private func left(_ row: InvocationRow, to state: InvocationState, at finished: Int64) throws {
        ledger.move(row.function, from: row.state, to: state)
        if state == .dead {
            ledger.addDeadBytes(try deadBytes(row.number))
        } else if row.number >> InvocationNumber.ordinalBits <= ledger.entries.swept {
            insertStraggler.bind(1, finished)
            insertStraggler.bind(2, row.number)
            try insertStraggler.run()
        }
    }

    // MARK: what is kept beside

    /// What a dead letter counts for in the bound of dead letters.
    func deadBytes(_ number: Int64) throws -> Int {
        dataBytes.bind(1, number >> InvocationNumber.ordinalBits)
        defer { dataBytes.reset() }
        return Self.deadRowBytes + (try dataBytes.next() ? dataBytes.int(0) : 0)
    }

    private static let deadRowBytes = 512
}
