import GRDB
import Invocations

/// Turns among the invocations of one function that have the same ordering key.
///
/// The turn is kept in the row, so that claiming never asks whether an earlier one is owed: that is
/// asked once when an invocation is recorded, and answered once when the head leaves.
final class OrderingKeys {
    private let first: PreparedStatement
    private let give: PreparedStatement

    init(_ db: Database) throws {
        first = try PreparedStatement(
            """
            SELECT number, state, turn FROM invocations INDEXED BY ordering
            WHERE function = ? AND ordering_key = ? AND ordering_key IS NOT NULL AND turn < 2
            AND state < 50
            ORDER BY number LIMIT 1
            """, db)
        give = try PreparedStatement("UPDATE invocations SET turn = 1 WHERE number = ?", db)
    }

    /// True while one of the key is owed.
    func isHeld(_ key: String, of function: Int64) throws -> Bool {
        first.bind(1, function)
        first.bind(2, key)
        defer { first.reset() }
        return try first.next()
    }

    /// Gives the turn of `row`, which is owed no more, to the next one of its key.
    ///
    /// - Returns: true where that made something ready.
    func passOn(from row: InvocationRow) throws -> Bool {
        guard row.turn == Turn.has, let key = row.orderingKey else { return false }
        first.bind(1, row.function)
        first.bind(2, key)
        guard try first.next() else { return false }
        let number = first.int64(0)
        let state = InvocationState(code: first.int64(1))
        assert(first.int64(2) == Turn.waits, "one of a key has the turn at a time")
        first.reset()
        give.bind(1, number)
        try give.run()
        return state == .ready
    }
}
