import Contract
import GRDB
import Invocations

/// Moves due times when the wall clock was set back, some rows at a time.
///
/// It goes along the index of what waits. A row that is moved comes to lie before the place that
/// was reached, so none is moved twice.
final class DueTimes {
    private let ledger: Ledger
    private let waiting: PreparedStatement
    private let move: PreparedStatement

    init(_ db: Database, _ ledger: Ledger) throws {
        self.ledger = ledger
        waiting = try PreparedStatement(
            """
            SELECT number, due_at, lease FROM invocations INDEXED BY due
            WHERE function = ?1 AND state IN (10, 40) AND (due_at, number) > (?2, ?3)
            ORDER BY due_at, number LIMIT ?4
            """, db)
        move = try PreparedStatement("UPDATE invocations SET due_at = ?2 WHERE number = ?1", db)
    }

    func stepBack(_ change: StepBack) throws -> Answer {
        var place =
            change.place
            ?? StepBack.Place(
                lastEvent: EventNumber(ledger.entries.event),
                lastLease: Lease(ledger.entries.lease))
        var moved = 0
        var left = change.rowsMax
        while Int(place.function.rawValue) < ledger.entries.functions.count {
            if ledger.hasWaiting(place.function) {
                moved += try stepBack(change.step, &place, &left)
                guard left > 0 else {
                    var next = change
                    next.place = place
                    return .steppedBack(SteppedBack(moved: moved, next: next))
                }
            }
            place.go(to: FunctionNumber(place.function.rawValue + 1))
        }
        return .steppedBack(SteppedBack(moved: moved, next: nil))
    }

    /// Goes along what waits for one function.
    private func stepBack(
        _ step: Duration, _ place: inout StepBack.Place, _ left: inout Int
    ) throws -> Int {
        waiting.bind(1, place.function.rawValue)
        waiting.bind(2, place.dueAt.milliseconds)
        waiting.bind(3, place.after.rawValue)
        waiting.bind(4, left)
        var found: [(number: Int64, dueAt: Int64)] = []
        while try waiting.next() {
            left -= 1
            place.dueAt = Instant(milliseconds: waiting.int64(1))
            place.after = InvocationNumber(waiting.int64(0))
            guard place.after.event <= place.lastEvent,
                waiting.int64(2) <= place.lastLease.rawValue
            else { continue }
            found.append((waiting.int64(0), waiting.int64(1) - step.milliseconds))
        }
        for (number, dueAt) in found {
            move.bind(1, number)
            move.bind(2, dueAt)
            try move.run()
            ledger.waits(place.function.rawValue, until: dueAt)
        }
        return found.count
    }
}
