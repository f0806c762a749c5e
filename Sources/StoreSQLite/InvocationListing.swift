import Contract
import GRDB
import Invocations

/// Lists of invocations, the newest first.
///
/// Those that run or are dead are found by their index, in order. Those that wait are gathered from
/// theirs while it is short, and a state that nothing is in is not looked for at all: the counts
/// tell. All others are found along the table, a bounded number of rows at a time: a page may hold
/// fewer than were asked for, or none, and still say where to go on.
struct InvocationListing {
    let db: Database

    init(_ db: Database) { self.db = db }

    /// Rows that one page looks at along the table.
    private static let scannedMax = 200_000
    /// Entries of an index that one page gathers and sorts.
    private static let gatheredMax = 20_000

    func page(_ filter: InvocationFilter) throws -> Page {
        var bounds = Bounds(filter)
        if let event = filter.event {
            guard let number = try InvocationReading(db).number(ofStored: event) else {
                return .invocations([], next: nil)
            }
            bounds.lower = number << InvocationNumber.ordinalBits
            bounds.upper = min(bounds.upper, (number + 1) << InvocationNumber.ordinalBits)
        }
        switch filter.state {
        case .running?: return try byIndex("running", "state = 30", filter, bounds)
        case .dead?: return try byIndex("dead", "state = 70", filter, bounds)
        case .scheduled?, .ready?, .retrying?, .succeeded?, .cancelled?:
            let counts = try counts(filter.function)
            guard counts[filter.state!] > 0 else { return .invocations([], next: nil) }
            if filter.event == nil, let numbers = try gathered(filter, counts, bounds) {
                return try page(numbers, filter)
            }
            return try alongTable(filter, bounds)
        case nil: return try alongTable(filter, bounds)
        }
    }

    /// How many invocations of a function, or of all, are in each state.
    private func counts(_ function: FunctionNumber?) throws -> StoreStatus.Counts {
        let states = InvocationState.allCases.map(\.name).joined(separator: ", ")
        let select = try PreparedStatement(
            cached: "SELECT \(states) FROM functions WHERE ?1 IS NULL OR number = ?1", db)
        select.bind(1, function?.rawValue)
        var counts = StoreStatus.Counts()
        while try select.next() {
            for (place, state) in InvocationState.allCases.enumerated() {
                counts[state] += select.int(Int32(place))
            }
        }
        return counts
    }

    /// Numbers from `lower` to before `upper`.
    private struct Bounds {
        var lower: Int64 = 0
        var upper: Int64

        init(_ filter: InvocationFilter) { upper = filter.before?.rawValue ?? .max }
    }

    // MARK: by index

    private func byIndex(
        _ index: String, _ condition: String, _ filter: InvocationFilter, _ bounds: Bounds
    ) throws -> Page {
        let select = try PreparedStatement(
            cached: """
                SELECT number FROM invocations INDEXED BY \(index)
                WHERE function = ? AND \(condition) AND number >= ? AND number < ?
                ORDER BY number DESC LIMIT ?
                """, db)
        var numbers: [Int64] = []
        for function in try filter.function.map({ [$0.rawValue] }) ?? functions() {
            select.bind(1, function)
            select.bind(2, bounds.lower)
            select.bind(3, bounds.upper)
            select.bind(4, filter.limit + 1)
            while try select.next() { numbers.append(select.int64(0)) }
        }
        return try page(numbers, filter)
    }

    /// The numbers of what waits, in any order; nil where there are too many to sort for a page.
    private func gathered(
        _ filter: InvocationFilter, _ counts: StoreStatus.Counts, _ bounds: Bounds
    ) throws -> [Int64]? {
        let waiting = counts[.scheduled] + counts[.retrying]
        switch filter.state {
        case .scheduled?, .retrying?:
            guard waiting <= Self.gatheredMax else { return nil }
            let condition = "state IN (10, 40) AND state = \(filter.state!.code)"
            return try all("due", condition, filter, bounds)
        case .ready?:
            guard waiting + counts[.ready] + counts[.running] <= Self.gatheredMax else {
                return nil
            }
            let followers = "ordering_key IS NOT NULL AND turn < 2 AND state < 50 AND turn = 0"
            return try all("ready", "state = 20 AND turn > 0", filter, bounds)
                + all("ordering", followers + " AND state = 20", filter, bounds)
        case .running?, .succeeded?, .cancelled?, .dead?, nil: return nil
        }
    }

    private func all(
        _ index: String, _ condition: String, _ filter: InvocationFilter, _ bounds: Bounds
    ) throws -> [Int64] {
        let select = try PreparedStatement(
            cached: """
                SELECT number FROM invocations INDEXED BY \(index)
                WHERE function = ? AND \(condition) AND number >= ? AND number < ?
                """, db)
        var numbers: [Int64] = []
        for function in try filter.function.map({ [$0.rawValue] }) ?? functions() {
            select.bind(1, function)
            select.bind(2, bounds.lower)
            select.bind(3, bounds.upper)
            while try select.next() { numbers.append(select.int64(0)) }
        }
        return numbers
    }

    private func functions() throws -> [Int64] {
        let select = try PreparedStatement(cached: "SELECT number FROM functions", db)
        var numbers: [Int64] = []
        while try select.next() { numbers.append(select.int64(0)) }
        return numbers
    }

    // MARK: along the table

    private func alongTable(_ filter: InvocationFilter, _ bounds: Bounds) throws -> Page {
        let select = try PreparedStatement(
            cached: """
                SELECT number, function, state FROM invocations
                WHERE number >= ? AND number < ? ORDER BY number DESC
                """, db)
        select.bind(1, bounds.lower)
        select.bind(2, bounds.upper)
        var numbers: [Int64] = []
        var scanned = 0
        while try select.next() {
            if filter.admits(function: select.int64(1), state: select.int64(2)) {
                guard numbers.count < filter.limit else {
                    select.reset()
                    return try page(numbers, hasMore: true)
                }
                numbers.append(select.int64(0))
            }
            scanned += 1
            if scanned == Self.scannedMax {
                let place = InvocationNumber(select.int64(0))
                select.reset()
                return .invocations(try summaries(numbers), next: place)
            }
        }
        return try page(numbers, hasMore: false)
    }

    /// The newest of `numbers`.
    private func page(_ numbers: [Int64], _ filter: InvocationFilter) throws -> Page {
        let newest = numbers.sorted(by: >)
        return try page(
            Array(newest.prefix(filter.limit)), hasMore: newest.count > filter.limit)
    }

    private func page(_ numbers: [Int64], hasMore: Bool) throws -> Page {
        .invocations(
            try summaries(numbers), next: hasMore ? numbers.last.map { InvocationNumber($0) } : nil)
    }

    private func summaries(_ numbers: [Int64]) throws -> [InvocationSummary] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(InvocationColumns.sql) FROM \(InvocationColumns.joined)
                WHERE invocations.number = ?
                """, db)
        var found: [InvocationSummary] = []
        found.reserveCapacity(numbers.count)
        for number in numbers {
            select.bind(1, number)
            if try select.next() { found.append(InvocationColumns.summary(select)) }
            select.reset()
        }
        return found
    }
}

extension InvocationFilter {
    fileprivate func admits(function: Int64, state: Int64) -> Bool {
        (self.function == nil || self.function?.rawValue == function)
            && (self.state == nil || self.state?.code == state)
    }
}
