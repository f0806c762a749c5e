import Contract
import GRDB
import Invocations

/// The rows that pruning looks at and deletes.
final class PrunedRows {
    private let ledger: Ledger
    private let nextEvents: PreparedStatement
    private let ofEvent: PreparedStatement
    private let one: PreparedStatement
    private let oldestDead: PreparedStatement
    private let oldestStragglers: PreparedStatement
    private let addStraggler: PreparedStatement
    private let deleteStraggler: PreparedStatement
    private let deleteInvocation: PreparedStatement
    private let deleteAttempts: PreparedStatement
    private let deleteEvent: PreparedStatement
    private let invocations: InvocationRows

    init(_ db: Database, _ ledger: Ledger, _ invocations: InvocationRows) throws {
        self.ledger = ledger
        self.invocations = invocations
        nextEvents = try PreparedStatement(
            "SELECT number, accepted_at FROM events WHERE number > ? ORDER BY number LIMIT ?", db)
        ofEvent = try PreparedStatement(
            """
            SELECT number, function, state, finished_at FROM invocations
            WHERE number >= ? AND number < ? ORDER BY number
            """, db)
        one = try PreparedStatement(
            "SELECT number, function, state, finished_at FROM invocations WHERE number = ?", db)
        oldestDead = try PreparedStatement(
            """
            SELECT number, function, state, finished_at FROM invocations INDEXED BY dead_age
            WHERE state = 70 ORDER BY finished_at LIMIT ?
            """, db)
        oldestStragglers = try PreparedStatement(
            """
            SELECT finished_at, invocation FROM stragglers WHERE finished_at < ?
            ORDER BY finished_at LIMIT ?
            """, db)
        addStraggler = try PreparedStatement(
            "INSERT OR IGNORE INTO stragglers (finished_at, invocation) VALUES (?, ?)", db)
        deleteStraggler = try PreparedStatement(
            "DELETE FROM stragglers WHERE finished_at = ? AND invocation = ?", db)
        deleteInvocation = try PreparedStatement("DELETE FROM invocations WHERE number = ?", db)
        deleteAttempts = try PreparedStatement("DELETE FROM attempts WHERE invocation = ?", db)
        deleteEvent = try PreparedStatement("DELETE FROM events WHERE number = ?", db)
    }

    private struct Row {
        var number: Int64
        var function: Int64
        var state: InvocationState
        var finishedAt: Int64
    }

    /// Goes on along the events; nothing is looked at again.
    ///
    /// What a clock recorded that was ahead is passed by, or all that came later would wait for it.
    func sweep(
        before: Instant, now: Instant, max: Int
    ) throws -> (looked: Int, forgotten: Int) {
        var events: [(number: Int64, acceptedAt: Int64)] = []
        nextEvents.bind(1, ledger.entries.swept)
        nextEvents.bind(2, max)
        while try nextEvents.next() {
            let acceptedAt = nextEvents.int64(1)
            guard acceptedAt < before.milliseconds || acceptedAt > now.milliseconds else {
                nextEvents.reset()
                break
            }
            events.append((nextEvents.int64(0), acceptedAt))
        }
        var forgotten = 0
        for (event, acceptedAt) in events {
            forgotten += try sweep(event, acceptedAt, before: before)
        }
        if let last = events.last { ledger.sweep(upTo: last.number) }
        return (events.count, forgotten)
    }

    private func sweep(_ event: Int64, _ acceptedAt: Int64, before: Instant) throws -> Int {
        ofEvent.bind(1, event << InvocationNumber.ordinalBits)
        ofEvent.bind(2, (event + 1) << InvocationNumber.ordinalBits)
        let all = try rows(ofEvent)
        var forgotten = 0
        for row in all where row.state == .succeeded || row.state == .cancelled {
            if row.finishedAt < before.milliseconds {
                try delete(row)
                forgotten += 1
            } else {
                try addStraggler(row.number, row.finishedAt)
            }
        }
        guard forgotten == all.count else { return forgotten }
        if all.isEmpty, acceptedAt >= before.milliseconds {
            // Nobody wanted it: it stands for itself until it is old.
            try addStraggler(event << InvocationNumber.ordinalBits, acceptedAt)
        } else {
            try delete(event: event)
        }
        return forgotten
    }

    private func addStraggler(_ invocation: Int64, _ finishedAt: Int64) throws {
        addStraggler.bind(1, finishedAt)
        addStraggler.bind(2, invocation)
        try addStraggler.run()
    }

    func forgetStragglers(before: Instant, max: Int) throws -> (looked: Int, forgotten: Int) {
        oldestStragglers.bind(1, before.milliseconds)
        oldestStragglers.bind(2, max)
        var found: [(finishedAt: Int64, number: Int64)] = []
        while try oldestStragglers.next() {
            found.append((oldestStragglers.int64(0), oldestStragglers.int64(1)))
        }
        var forgotten = 0
        for (finishedAt, number) in found {
            deleteStraggler.bind(1, finishedAt)
            deleteStraggler.bind(2, number)
            try deleteStraggler.run()
            one.bind(1, number)
            guard let row = try rows(one).first else {
                try deleteIfEmpty(event: number >> InvocationNumber.ordinalBits)
                continue
            }
            // Whoever was retried meanwhile enters again when it ends.
            guard row.finishedAt == finishedAt,
                row.state == .succeeded || row.state == .cancelled
            else { continue }
            try forget(row)
            forgotten += 1
        }
        return (found.count, forgotten)
    }

    /// Forgets dead letters that died before an instant, and any while `isOver` says so.
    func forgetDead(
        before: Instant, orWhile isOverNow: Bool, max: Int, isOver: () -> Bool
    ) throws -> Int {
        oldestDead.bind(1, max)
        var forgotten = 0
        for row in try rows(oldestDead) {
            guard row.finishedAt < before.milliseconds || (isOverNow && isOver()) else { break }
            ledger.addDeadBytes(try -invocations.deadBytes(row.number))
            try forget(row)
            forgotten += 1
        }
        return forgotten
    }

    private func rows(_ statement: PreparedStatement) throws -> [Row] {
        var rows: [Row] = []
        while try statement.next() {
            rows.append(
                Row(
                    number: statement.int64(0), function: statement.int64(1),
                    state: InvocationState(code: statement.int64(2)), finishedAt: statement.int64(3)
                ))
        }
        return rows
    }

    /// Deletes an invocation, and its event where it was the last one.
    private func forget(_ row: Row) throws {
        try delete(row)
        try deleteIfEmpty(event: row.number >> InvocationNumber.ordinalBits)
    }

    private func deleteIfEmpty(event: Int64) throws {
        ofEvent.bind(1, event << InvocationNumber.ordinalBits)
        ofEvent.bind(2, (event + 1) << InvocationNumber.ordinalBits)
        let isLast = try !ofEvent.next()
        ofEvent.reset()
        // An event that the sweep has not reached yet is the sweep's.
        if isLast, event <= ledger.entries.swept { try delete(event: event) }
    }

    private func delete(_ row: Row) throws {
        deleteInvocation.bind(1, row.number)
        try deleteInvocation.run()
        deleteAttempts.bind(1, row.number)
        try deleteAttempts.run()
        ledger.move(row.function, from: row.state, to: nil)
    }

    private func delete(event: Int64) throws {
        deleteEvent.bind(1, event)
        try deleteEvent.run()
    }
}
