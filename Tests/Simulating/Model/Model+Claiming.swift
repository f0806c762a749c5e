import Contract
import Invocations

extension Model {
    mutating func observe(_ claim: Claim, _ claimed: Claimed) throws(Violation) {
        for number in owed {
            var row = rows[number]!
            guard let due = row.dueAt, due <= claim.now, !paused.contains(row.function),
                row.state == .scheduled || row.state == .retrying
            else { continue }
            row.state = .ready
            row.dueAt = nil
            put(row)
        }
        var taken: [Int64: Int] = [:]
        for invocation in claimed.invocations {
            guard let row = rows[invocation.held.invocation.rawValue] else {
                throw Violation(
                    invariant: 8, text: "\(invocation.held) was claimed, and is not recorded")
            }
            try require(
                row.charged == invocation.charged && row.function == invocation.function.rawValue,
                5, "\(name(row)) came with \(invocation.charged) charged, has \(row.charged)")
            try require(
                row.suspicion == invocation.suspicion.rawValue, 4,
                "\(name(row)) came as \(invocation.suspicion), has suspicion \(row.suspicion)")
            try start(row, lease: invocation.held.lease, runs: invocation.runs, at: claim.now)
            taken[row.function, default: 0] += 1
        }
        for want in claim.wants {
            try require(
                taken[want.function.rawValue, default: 0] <= want.invocationsMax, 7,
                "more of function \(want.function.rawValue) was handed out than was asked for")
        }
        for function in claimed.exhausted {
            let left = owed.first {
                rows[$0]!.function == function.rawValue && canStart(rows[$0]!)
            }
            try require(
                left == nil, 9, "function \(function.rawValue) has nothing, and has \(left ?? 0)")
        }
    }

    mutating func observe(released held: [Held]) throws(Violation) {
        for held in held {
            guard var row = running(held) else { continue }
            row.state = .ready
            row.runs -= 1
            put(row)
        }
    }

    /// A simulated day never has so much waiting that one change would not go through all of it.
    mutating func observe(steppedBack step: StepBack, _ done: SteppedBack) throws(Violation) {
        try require(step.place == nil && done.next == nil, 9, "a step of the clock took several")
        var moved = 0
        for number in owed {
            guard let due = rows[number]!.dueAt else { continue }
            rows[number]!.dueAt = due - step.step
            moved += 1
        }
        try require(
            moved == done.moved, 9, "\(done.moved) are due earlier, expected \(moved)")
    }

    // MARK: by hand

    mutating func observe(
        retried selection: Selection, _ selected: Selected
    ) throws(Violation) {
        guard case .matching(let function?, nil, let max) = selection else { return }
        let dead = rows.values.filter { $0.state == .dead && $0.function == function.rawValue }
            .map(\.number).sorted().prefix(max)
        for number in dead {
            var row = rows[number]!
            row.state = .ready
            row.earlierRuns += row.runs
            row.runs = 0
            row.charged = 0
            row.finishedAt = nil
            put(row, isOutOfOrder: true)
        }
        try require(
            selected.count == dead.count, 8,
            "\(selected.count) dead were retried, expected \(dead.count)")
    }

    mutating func observe(
        cancelled number: InvocationNumber, at now: Instant
    ) throws(Violation) {
        guard var row = rows[number.rawValue], row.state != .running, row.state.isOwedToTheModel
        else { throw Violation(invariant: 4, text: "\(number) was cancelled where it stood") }
        row.state = .cancelled
        row.finishedAt = now
        row.dueAt = nil
        put(row)
    }

    // MARK: a new host

    mutating func observe(
        _ registration: Registration, _ registered: Registered
    ) throws(Violation) {
        var recovered = 0
        var charged = 0
        for number in owed where rows[number]!.state == .running {
            recovered += 1
            if try recover(rows[number]!, registration.now) { charged += 1 }
        }
        try require(
            registered.recovered == recovered && registered.charged == charged, 9,
            "\(registered.recovered) were taken back and \(registered.charged) charged, expected "
                + "\(recovered) and \(charged)")
    }

    /// Takes back what the host ran when it ended; true where it is charged with that.
    private mutating func recover(_ before: Row, _ now: Instant) throws(Violation) -> Bool {
        var row = before
        guard before.suspicion >= 2 else {
            row.suspicion += 1
            row.state = row.runs < Self.runsMax ? .ready : .dead
            giveWay(&row)
            if !row.state.isOwedToTheModel { row.finishedAt = now }
            put(row)
            return false
        }
        let policies = Self.role(row.function)!.policies
        row.charged += 1
        row.suspicion = 3
        let age = now - (row.firstRunAt ?? now)
        if row.charged >= policies.retry.attemptsMax || row.runs >= Self.runsMax
            || age >= policies.maxAge
        {
            row.state = .dead
            row.finishedAt = now
        } else {
            row.state = .retrying
            let (low, high) = Backoff(policies.retry).bounds(afterCharged: row.charged)
            row.dueAt = now + .milliseconds((low + high) / 2)
            giveWay(&row)
            if !row.state.isOwedToTheModel { row.finishedAt = now }
        }
        put(row)
        return true
    }

    /// Nothing runs more often, charged or not.
    static let runsMax = 100
}
