import Contract
import GRDB
import Invocations

/// Forgets what is finished, oldest first, in slices of a few milliseconds.
///
/// The sweep goes along the events once and never back: what it can't forget yet is found again by
/// other means. What is owed or dead then has an index, or enters `stragglers` when it ends; what
/// ended too lately enters `stragglers` at once. So a million owed rows at the front cost nothing.
final class Pruner {
    private let ledger: Ledger
    private let rows: PrunedRows
    private let expiredKeys: PreparedStatement
    private let expiredResponses: PreparedStatement
    private let oldFirings: PreparedStatement
    private let changes: PreparedStatement
    private let pages: PreparedStatement

    /// How many rows go between two looks at the clock.
    private static let step = 32

    init(_ db: Database, _ ledger: Ledger, _ invocations: InvocationRows) throws {
        self.ledger = ledger
        rows = try PrunedRows(db, ledger, invocations)
        expiredKeys = try PreparedStatement(
            """
            DELETE FROM keys WHERE hash IN
            (SELECT hash FROM keys WHERE expires_at <= ? ORDER BY expires_at LIMIT \(Self.step))
            """, db)
        expiredResponses = try PreparedStatement(
            """
            DELETE FROM responses WHERE rowid IN
            (SELECT rowid FROM responses
            WHERE expires_at <= ? ORDER BY expires_at LIMIT \(Self.step))
            """, db)
        oldFirings = try PreparedStatement(
            """
            DELETE FROM firings WHERE number IN
            (SELECT number FROM firings INDEXED BY firings_once
            WHERE last_at <= ? ORDER BY last_at LIMIT \(Self.step))
            """, db)
        changes = try PreparedStatement("SELECT changes()", db)
        pages = try PreparedStatement(
            """
            SELECT (page_count - freelist_count) * page_size
            FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()
            """, db)
    }

    func prune(_ pruning: Pruning) throws -> Answer {
        let end = ContinuousClock.now + pruning.timeMax
        var pruned = Pruned()
        while true {
            var isDone = true
            for part in Part.allCases where try step(part, pruning, &pruned) { isDone = false }
            if isDone { return .pruned(pruned) }
            if ContinuousClock.now >= end {
                pruned.hasMore = true
                return .pruned(pruned)
            }
        }
    }

    private enum Part: CaseIterable {
        case keys, responses, firings, dead, stragglers, sweep
    }

    /// Does a little of one part; false where nothing is left of it.
    private func step(_ part: Part, _ pruning: Pruning, _ pruned: inout Pruned) throws -> Bool {
        switch part {
        case .keys: return try delete(expiredKeys, pruning.now)
        case .responses: return try delete(expiredResponses, pruning.now)
        case .firings: return try delete(oldFirings, pruning.historyBefore)
        case .dead:
            let isOver = ledger.entries.deadBytes > pruning.deadBytesMax
            let count = try rows.forgetDead(
                before: pruning.deadBefore, orWhile: isOver, max: Self.step
            ) {
                self.ledger.entries.deadBytes > pruning.deadBytesMax
            }
            pruned.dead += count
            return count > 0
        case .stragglers:
            let before = try historyBefore(pruning)
            let step = try rows.forgetStragglers(before: before, max: Self.step)
            pruned.invocations += step.forgotten
            return step.looked > 0
        case .sweep:
            let before = try historyBefore(pruning)
            let step = try rows.sweep(before: before, now: pruning.now, max: Self.step)
            pruned.invocations += step.forgotten
            return step.looked > 0
        }
    }

    private func delete(_ statement: PreparedStatement, _ now: Instant) throws -> Bool {
        statement.bind(1, now.milliseconds)
        try statement.run()
        defer { changes.reset() }
        return try changes.next() && changes.int(0) > 0
    }

    /// While the file holds more than it may, everything finished is old enough.
    private func historyBefore(_ pruning: Pruning) throws -> Instant {
        defer { pages.reset() }
        let isOver = try pages.next() && pages.int(0) > pruning.historyBytesMax
        return isOver ? .distantFuture : pruning.historyBefore
    }
}
