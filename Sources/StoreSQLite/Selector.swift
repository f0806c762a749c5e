import Contract
import GRDB
import Invocations

/// What people do by hand: retry, cancel, pause, and give back what never began.
final class Selector {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let attempts: AttemptRows
    private let settler: Settler
    private let finder: Finder
    private let pause: PreparedStatement

    init(
        _ db: Database, _ ledger: Ledger, _ invocations: InvocationRows, _ attempts: AttemptRows,
        _ settler: Settler
    ) throws {
        self.ledger = ledger
        self.invocations = invocations
        self.attempts = attempts
        self.settler = settler
        finder = try Finder(db, ledger)
        pause = try PreparedStatement("UPDATE functions SET paused = ? WHERE number = ?", db)
    }

    func pause(_ function: FunctionNumber, _ isPaused: Bool) throws -> Answer {
        guard ledger.isKnown(function) else { return .paused }
        pause.bind(1, isPaused ? 1 : 0)
        pause.bind(2, function.rawValue)
        try pause.run()
        ledger.setPaused(isPaused, function.rawValue)
        return .paused
    }

    func release(_ held: [Held]) throws -> Answer {
        var functions: [FunctionNumber] = []
        for held in held {
            guard let row = try invocations.row(held.invocation.rawValue), row.state == .running,
                row.lease == held.lease.rawValue
            else { continue }
            try invocations.release(row)
            functions.formUnion([FunctionNumber(row.function)])
        }
        return .released(functions)
    }

    // MARK: retry

    func retry(_ selection: Selection, now: Instant) throws -> Answer {
        switch selection {
        case .one(let number):
            guard let row = try invocations.row(number.rawValue) else {
                return .refused(.unknownInvocation)
            }
            guard row.state != .running else { return .refused(.isRunning(row.held)) }
            var selected = Selected(count: 0)
            try retry(row, &selected)
            return .selected(selected)
        case .matching(let function, let state, let max):
            let found = try finder.find(function, [state ?? .dead], max: max)
            var selected = Selected(count: 0, hasMore: found.hasMore)
            for number in found.numbers {
                if let row = try invocations.row(number) { try retry(row, &selected) }
            }
            return .selected(selected)
        }
    }

    private func retry(_ before: InvocationRow, _ selected: inout Selected) throws {
        var row = before
        switch before.state {
        case .running: return
        case .ready: break
        case .scheduled, .retrying:
            try invocations.putBack(row, error: nil)
            selected.count += 1
        case .succeeded, .cancelled, .dead:
            try keepFirstTry(of: row)
            row.series += Int64(row.runs)
            row.runs = 0
            row.charged = 0
            row.turn = row.orderingKey == nil ? Turn.has : Turn.free
            try invocations.putBack(row, error: nil)
            selected.count += 1
        }
        if row.turn != Turn.waits { selected.ready.formUnion([FunctionNumber(row.function)]) }
    }

    /// An attempt that succeeded at first has no row of its own, until another series follows it.
    private func keepFirstTry(of row: InvocationRow) throws {
        guard row.state == .succeeded, row.runs == 1, row.series == 0 else { return }
        let ending = Ending(
            outcome: .succeeded, settlement: .succeeded,
            beganAt: Instant(milliseconds: row.beganAt),
            endedAt: Instant(milliseconds: row.finishedAt), worker: row.worker)
        try attempts.appendIfAbsent(ending, to: row)
    }

    // MARK: cancel

    func cancel(_ selection: Selection, now: Instant) throws -> Answer {
        switch selection {
        case .one(let number):
            guard let row = try invocations.row(number.rawValue) else {
                return .refused(.unknownInvocation)
            }
            guard row.state != .running else { return .refused(.isRunning(row.held)) }
            guard row.state.isOwed else { return .refused(.isFinished(row.state)) }
            var selected = Selected(count: 0)
            try cancel(row, now, &selected)
            return .selected(selected)
        case .matching(let function, let state, let max):
            let states = state.map { [$0] } ?? [.scheduled, .retrying, .ready, .running]
            let waiting = states.filter { $0.isOwed && $0 != .running }
            let found = try finder.find(function, waiting, max: max)
            var selected = Selected(count: 0, hasMore: found.hasMore)
            for number in found.numbers {
                if let row = try invocations.row(number) { try cancel(row, now, &selected) }
            }
            // All that run at once, for a page of them would be the same one again and again.
            if states.contains(.running), !found.hasMore {
                let running = try finder.running(function)
                selected.running = try running.compactMap { try invocations.row($0)?.held }
            }
            return .selected(selected)
        }
    }

    private func cancel(_ row: InvocationRow, _ now: Instant, _ selected: inout Selected) throws {
        try invocations.end(row, as: .cancelled, at: now.milliseconds, error: nil)
        selected.count += 1
        selected.ready.formUnion(try settler.follower(of: row))
    }
}
