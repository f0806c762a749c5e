import Contract
import GRDB
import Invocations

/// Lists of invocations, the newest first.
///
/// Those that run or are dead are found by their index. All others are found along the table, a
/// bounded number of rows at a time: a page may hold fewer than were asked for, or none, and still
/// say where to go on.
struct InvocationListing {
    let db: Database

    init(_ db: Database) { self.db = db }

    private static let scannedMax = 200_000

    func page(_ filter: InvocationFilter) throws -> Page {
        var bounds = Bounds(filter)
        if let event = filter.event {
            guard let number = try InvocationReading(db).event(number: event) else {
                return .invocations([], next: nil)
            }
            bounds.lower = number << InvocationNumber.ordinalBits
            bounds.upper = min(bounds.upper, (number + 1) << InvocationNumber.ordinalBits)
        }
        switch filter.state {
        case .running?: return try byIndex("running", "state = 30", filter, bounds)
        case .dead?: return try byIndex("dead", "state = 70", filter, bounds)
        case .scheduled?, .ready?, .retrying?, .succeeded?, .cancelled?, nil:
            return try alongTable(filter, bounds)
        }
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
        numbers.sort(by: >)
        let hasMore = numbers.count > filter.limit
        return try page(Array(numbers.prefix(filter.limit)), hasMore: hasMore)
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
