import Contract
import GRDB
import Invocations

/// Hands out what is ready, and makes ready what is due.
final class Claimer {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let ready: PreparedStatement
    private let due: PreparedStatement
    private let comeDue: PreparedStatement

    /// How many waiting invocations one claim makes ready, and at least of each function.
    private static let dueMax = 500
    private static let dueMin = 32
    /// How many rows of a function are passed over at most, for there is no room for suspects.
    private static let passedOverMax = 1_000
    private static let eventColumn: Int32 = 6
    private static let dataColumn = eventColumn + EventColumns.data

    init(_ db: Database, _ ledger: Ledger, _ invocations: InvocationRows) throws {
        self.ledger = ledger
        self.invocations = invocations
        ready = try PreparedStatement(
            """
            SELECT invocations.number, runs, charged, suspicion, first_run_at, series,
            \(EventColumns.sql)
            FROM invocations INDEXED BY ready CROSS JOIN events
            ON events.number = invocations.number >> 12
            WHERE function = ? AND state = 20 AND turn > 0 ORDER BY invocations.number LIMIT ?
            """, db)
        due = try PreparedStatement(
            """
            SELECT number, state, turn, due_at FROM invocations INDEXED BY due
            WHERE function = ? AND state IN (10, 40) ORDER BY due_at LIMIT ?
            """, db)
        comeDue = try PreparedStatement("UPDATE invocations SET state = 20 WHERE number = ?", db)
    }

    /// What a claim may still hand out.
    private struct Room {
        var invocations: Int
        var bytes: Int
        var suspects: Int
    }

    func claim(_ claim: Claim) throws -> Answer {
        var claimed = Claimed()
        try makeReady(at: claim.now, &claimed)
        var room = Room(
            invocations: claim.invocationsMax, bytes: claim.bytesMax, suspects: claim.suspectsMax)
        claimed.invocations.reserveCapacity(min(room.invocations, 1024))
        for want in claim.wants {
            guard ledger.isKnown(want.function), !ledger.isPaused(want.function.rawValue) else {
                claimed.exhausted.append(want.function)
                continue
            }
            try take(want, &claimed, &room, claim.now)
        }
        return .claimed(claimed)
    }

    private func take(
        _ want: Claim.Want, _ claimed: inout Claimed, _ room: inout Room, _ now: Instant
    ) throws {
        let first = claimed.invocations.count
        let most = min(want.invocationsMax, room.invocations)
        ready.bind(1, want.function.rawValue)
        // One more, to know whether the function has anything left.
        ready.bind(2, most + 1 + Self.passedOverMax)
        var isExhausted = true
        while try ready.next() {
            let isSuspect = ready.int(3) >= Suspicion.suspect.rawValue
            guard !isSuspect || room.suspects > 0 else {
                isExhausted = false
                continue
            }
            let size = ready.byteCount(Self.dataColumn)
            guard claimed.invocations.count - first < most,
                size <= room.bytes || claimed.invocations.isEmpty
            else {
                ready.reset()
                return try start(&claimed, from: first, &room, now)
            }
            room.bytes -= size
            if isSuspect { room.suspects -= 1 }
            claimed.invocations.append(invocation(want.function))
        }
        if isExhausted { claimed.exhausted.append(want.function) }
        try start(&claimed, from: first, &room, now)
    }

    private func invocation(_ function: FunctionNumber) -> ClaimedInvocation {
        let runs = ready.int(1)
        return ClaimedInvocation(
            held: Held(invocation: InvocationNumber(ready.int64(0)), lease: Lease(0)),
            function: function,
            event: EventColumns.event(ready, from: Self.eventColumn), runs: runs + 1,
            earlierRuns: ready.int(5), charged: ready.int(2),
            firstRunAt: runs == 0 ? nil : Instant(milliseconds: ready.int64(4)),
            suspicion: Suspicion(rawValue: ready.int(3)) ?? .none)
    }

    private func start(
        _ claimed: inout Claimed, from first: Int, _ room: inout Room, _ now: Instant
    ) throws {
        for place in first..<claimed.invocations.count {
            let lease = ledger.nextLease()
            claimed.invocations[place].held.lease = Lease(lease)
            let invocation = claimed.invocations[place]
            try invocations.start(
                invocation.held.invocation.rawValue, function: invocation.function.rawValue,
                lease: lease,
                runs: invocation.runs, firstRunAt: (invocation.firstRunAt ?? now).milliseconds,
                beganAt: now.milliseconds)
        }
        room.invocations -= claimed.invocations.count - first
    }

    // MARK: due times

    /// Makes ready what came due, of every function that may run.
    private func makeReady(at now: Instant, _ claimed: inout Claimed) throws {
        try makeSure()
        let count = ledger.entries.functions.count {
            $0.earliestDue <= now.milliseconds && !$0.isPaused
        }
        // Each has its share, so that a function with much that is due holds no other up.
        let share = max(Self.dueMax / max(count, 1), Self.dueMin)
        for function in ledger.entries.functions.indices {
            let tally = ledger.entries.functions[function]
            guard tally.earliestDue != .max, !tally.isPaused else { continue }
            if tally.earliestDue <= now.milliseconds, try makeReady(function, at: now, max: share) {
                claimed.ready.append(FunctionNumber(Int64(function)))
            }
            let next = ledger.entries.functions[function].earliestDue
            guard next != .max else { continue }
            claimed.nextDueAt = min(
                claimed.nextDueAt ?? .distantFuture, Instant(milliseconds: next))
        }
    }

    /// Looks up the earliest due time where it is not known any more.
    private func makeSure() throws {
        for function in ledger.entries.functions.indices
        where ledger.entries.functions[function].isDueUnsure {
            due.bind(1, function)
            due.bind(2, 1)
            ledger.foundEarliest(function, try due.next() ? due.int64(3) : .max)
            due.reset()
        }
    }

    private func makeReady(_ function: Int, at now: Instant, max: Int) throws -> Bool {
        var found: [(number: Int64, state: InvocationState)] = []
        var hasReady = false
        var earliest = Int64.max
        due.bind(1, function)
        due.bind(2, max + 1)
        while try due.next() {
            guard due.int64(3) <= now.milliseconds, found.count < max else {
                earliest = due.int64(3)
                due.reset()
                break
            }
            found.append((due.int64(0), InvocationState(code: due.int64(1))))
            if due.int64(2) != Turn.waits { hasReady = true }
        }
        for (number, state) in found {
            comeDue.bind(1, number)
            try comeDue.run()
            ledger.move(Int64(function), from: state, to: .ready)
        }
        ledger.foundEarliest(function, earliest)
        return hasReady
    }
}
