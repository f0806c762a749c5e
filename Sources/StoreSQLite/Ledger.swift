import Contract
import GRDB
import Invocations

/// What the writer keeps in memory beside the rows: the last numbers, and how many invocations of
/// each function are in each state.
///
/// It is read at the start, written in the transaction of each group that changed it, and put back
/// when a group is rolled back. So nothing is ever counted by looking at all rows.
final class Ledger {
    private(set) var entries = Entries()
    private var committed = Entries()
    /// Leases up to it were given by an earlier host.
    let leaseAtStart: Int64
    let secret: [UInt8]
    private let updateNumbers: PreparedStatement
    private let updateFunction: PreparedStatement

    struct Entries {
        var event: Int64 = 0
        var lease: Int64 = 0
        var version: Int64 = 0
        var recorded = 0
        var pruned = 0
        var deadBytes = 0
        /// Events up to it were looked at by pruning.
        var swept: Int64 = 0
        var owed = 0
        /// By the function's number.
        var functions: [Tally] = [Tally()]
        /// The numbers of those that the group changed.
        var touched: [Int] = []
        var isChanged = false
    }

    /// One function's counts.
    struct Tally {
        /// By `InvocationState.rawValue`.
        var counts = SIMD8<Int64>()
        var isPaused = false
        /// Nothing of it that waits is due earlier; `max` where nothing waits.
        var earliestDue = Int64.max
        /// True once something that waited was taken away, which may have been the earliest.
        var isDueUnsure = false
        var isTouched = false
        /// False for a number that no function has.
        var isKnown = false
    }

    init(_ db: Database) throws {
        let numbers = try PreparedStatement(
            "SELECT event, lease, version, recorded, pruned, dead_bytes, swept, secret FROM ledger",
            db)
        guard try numbers.next() else {
            throw StoreFailure(code: 11, message: "the ledger has no row")
        }
        entries.event = numbers.int64(0)
        entries.lease = numbers.int64(1)
        entries.version = numbers.int64(2)
        entries.recorded = numbers.int(3)
        entries.pruned = numbers.int(4)
        entries.deadBytes = numbers.int(5)
        entries.swept = numbers.int64(6)
        secret = numbers.bytes(7)
        numbers.reset()
        leaseAtStart = entries.lease
        updateNumbers = try PreparedStatement(
            """
            UPDATE ledger SET event = ?, lease = ?, version = ?, recorded = ?, pruned = ?,
            dead_bytes = ?, swept = ?
            """, db)
        updateFunction = try PreparedStatement(
            """
            UPDATE functions SET scheduled = ?, ready = ?, running = ?, retrying = ?, succeeded = ?,
            cancelled = ?, dead = ? WHERE number = ?
            """, db)
        try readFunctions(db)
        committed = entries
    }

    private func readFunctions(_ db: Database) throws {
        let functions = try PreparedStatement(
            """
            SELECT number, paused, scheduled, ready, running, retrying, succeeded, cancelled, dead
            FROM functions
            """, db)
        let due = try PreparedStatement(
            """
            SELECT due_at FROM invocations INDEXED BY due
            WHERE function = ? AND state IN (10, 40) ORDER BY due_at LIMIT 1
            """, db)
        while try functions.next() {
            let number = functions.int(0)
            addFunction(number)
            entries.functions[number].isPaused = functions.int(1) == 1
            for state in 0..<7 {
                entries.functions[number].counts[state] = functions.int64(Int32(state) + 2)
            }
            let counts = entries.functions[number].counts
            entries.owed += Int(counts[0] + counts[1] + counts[2] + counts[3])
            guard counts[0] + counts[3] > 0 else { continue }
            due.bind(1, number)
            if try due.next() { entries.functions[number].earliestDue = due.int64(0) }
            due.reset()
        }
    }

    /// Makes room for a function's counts.
    func addFunction(_ number: Int) {
        while entries.functions.count <= number { entries.functions.append(Tally()) }
        entries.functions[number].isKnown = true
    }

    // MARK: groups

    /// Writes what the group changed, inside its transaction.
    func write() throws {
        guard entries.isChanged else { return }
        updateNumbers.bind(1, entries.event)
        updateNumbers.bind(2, entries.lease)
        updateNumbers.bind(3, entries.version)
        updateNumbers.bind(4, entries.recorded)
        updateNumbers.bind(5, entries.pruned)
        updateNumbers.bind(6, entries.deadBytes)
        updateNumbers.bind(7, entries.swept)
        try updateNumbers.run()
        for number in entries.touched {
            let counts = entries.functions[number].counts
            for state in 0..<7 { updateFunction.bind(Int32(state) + 1, counts[state]) }
            updateFunction.bind(8, number)
            try updateFunction.run()
            entries.functions[number].isTouched = false
        }
        entries.touched.removeAll(keepingCapacity: true)
        entries.isChanged = false
    }

    /// Makes `write` write though nothing changed.
    func touch() { entries.isChanged = true }

    /// Everything so far is on the disk.
    func committedAll() { committed = entries }

    /// Forgets the group.
    func rollBack() { entries = committed }

    // MARK: numbers

    func nextEvent() -> Int64 {
        entries.isChanged = true
        entries.event += 1
        return entries.event
    }

    func nextLease() -> Int64 {
        entries.isChanged = true
        entries.lease += 1
        return entries.lease
    }

    func nextVersion() -> Int64 {
        entries.isChanged = true
        entries.version += 1
        return entries.version
    }

    func sweep(upTo event: Int64) {
        entries.isChanged = true
        entries.swept = event
    }

    // MARK: counts

    /// Counts an invocation from one state to another; nil for one that comes or goes.
    func move(_ function: Int64, from: InvocationState?, to: InvocationState?) {
        let number = Int(function)
        entries.isChanged = true
        if !entries.functions[number].isTouched {
            entries.functions[number].isTouched = true
            entries.touched.append(number)
        }
        if let from {
            entries.functions[number].counts[from.rawValue] -= 1
            if from.isOwed { entries.owed -= 1 }
            if from == .scheduled || from == .retrying {
                entries.functions[number].isDueUnsure = true
            }
        } else {
            entries.recorded += 1
        }
        if let to {
            entries.functions[number].counts[to.rawValue] += 1
            if to.isOwed { entries.owed += 1 }
        } else {
            entries.pruned += 1
        }
    }

    func addDeadBytes(_ count: Int) {
        entries.isChanged = true
        entries.deadBytes += count
    }

    func setPaused(_ isPaused: Bool, _ function: Int64) {
        entries.functions[Int(function)].isPaused = isPaused
    }

    /// Whether anything of the function waits for an instant.
    func hasWaiting(_ function: FunctionNumber) -> Bool {
        let counts = entries.functions[Int(function.rawValue)].counts
        return counts[0] + counts[3] > 0
    }

    /// Something of the function waits until `due`.
    func waits(_ function: Int64, until due: Int64) {
        let number = Int(function)
        if due < entries.functions[number].earliestDue {
            entries.functions[number].earliestDue = due
        }
    }

    /// The index says that nothing of the function is due earlier than `due`.
    func foundEarliest(_ function: Int, _ due: Int64) {
        entries.functions[function].earliestDue = due
        entries.functions[function].isDueUnsure = false
    }

    func isKnown(_ function: FunctionNumber) -> Bool {
        let number = Int(function.rawValue)
        return number > 0 && number < entries.functions.count && entries.functions[number].isKnown
    }

    func isPaused(_ function: Int64) -> Bool { entries.functions[Int(function)].isPaused }
}
