import GRDB
import Invocations

/// Finds the invocations that a selection means, each state by its own index.
///
/// What is finished well has no index by state, and is no selection's.
final class Finder {
    private let ledger: Ledger
    private let ready: PreparedStatement
    private let followers: PreparedStatement
    private let waiting: PreparedStatement
    private let running: PreparedStatement
    private let dead: PreparedStatement

    struct Found {
        var numbers: [Int64] = []
        var hasMore = false
    }

    /// More than any host has slots.
    private static let runningMax = 1 << 20

    init(_ db: Database, _ ledger: Ledger) throws {
        self.ledger = ledger
        func select(_ index: String, _ condition: String) throws -> PreparedStatement {
            try PreparedStatement(
                """
                SELECT number FROM invocations INDEXED BY \(index)
                WHERE function = ? AND \(condition) LIMIT ?
                """,
                db)
        }
        ready = try select("ready", "state = 20 AND turn > 0 ORDER BY number")
        followers = try select(
            "ordering",
            "ordering_key IS NOT NULL AND turn < 2 AND state < 50 AND turn = 0 AND state = 20")
        waiting = try select("due", "state IN (10, 40) AND state = ? ORDER BY due_at")
        running = try select("running", "state = 30 ORDER BY number")
        dead = try select("dead", "state = 70 ORDER BY number")
    }

    /// All that run, of a function or of every one.
    func running(_ function: FunctionNumber?) throws -> [Int64] {
        try find(function, [.running], max: Self.runningMax).numbers
    }

    func find(_ function: FunctionNumber?, _ states: [InvocationState], max: Int) throws -> Found {
        var found = Found()
        let functions =
            function.map { [Int($0.rawValue)] } ?? Array(ledger.entries.functions.indices)
        for number in functions where ledger.isKnown(FunctionNumber(Int64(number))) {
            for state in states where ledger.entries.functions[number].counts[state.rawValue] > 0 {
                try find(Int64(number), state, max: max, &found)
                if found.hasMore { return found }
            }
        }
        return found
    }

    private func find(_ function: Int64, _ state: InvocationState, max: Int, _ found: inout Found)
        throws
    {
        switch state {
        case .ready:
            // Followers first: cancelling a head would only hand its turn to one that goes too.
            try take(followers, function, max: max, &found)
            try take(ready, function, max: max, &found)
        case .scheduled, .retrying: try take(waiting, function, state, max: max, &found)
        case .running: try take(running, function, max: max, &found)
        case .dead: try take(dead, function, max: max, &found)
        case .succeeded, .cancelled: preconditionFailure("what ended well is found by its number")
        }
    }

    private func take(
        _ statement: PreparedStatement, _ function: Int64, _ state: InvocationState? = nil,
        max: Int,
        _ found: inout Found
    ) throws {
        guard !found.hasMore else { return }
        let room = max - found.numbers.count
        statement.bind(1, function)
        if let state { statement.bind(2, state.code) }
        statement.bind(state == nil ? 2 : 3, room + 1)
        var count = 0
        while try statement.next() {
            guard count < room else {
                statement.reset()
                found.hasMore = true
                return
            }
            found.numbers.append(statement.int64(0))
            count += 1
        }
    }
}
