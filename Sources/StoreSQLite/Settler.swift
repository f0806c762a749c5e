import Contract
import Invocations

/// Ends attempts: the state, the history, the effects and the follower's turn, all at once.
final class Settler {
    private let ledger: Ledger
    private let invocations: InvocationRows
    private let attempts: AttemptRows
    private let ordering: OrderingKeys
    private let recorder: Recorder
    private let documents: Documents
    private let schedules: ScheduleRows
    private let placements: PlacementRows
    private let replaced: ReplacedFiles
    /// Who wants to know of documents that change.
    var triggers = TriggerTable()

    /// What an attempt's effects come to, decided before anything is written.
    struct Prepared {
        var writes: [Documents.Planned] = []
        var records: [Record] = []
        var plans: [Planning] = []
        var files: [StagedFile] = []
        /// Whom the files come from.
        var origin: Origin?
    }

    init(
        _ ledger: Ledger, _ invocations: InvocationRows, _ attempts: AttemptRows,
        _ ordering: OrderingKeys,
        _ recorder: Recorder, _ documents: Documents, _ schedules: ScheduleRows,
        _ placements: PlacementRows, _ replaced: ReplacedFiles
    ) {
        self.ledger = ledger
        self.invocations = invocations
        self.attempts = attempts
        self.ordering = ordering
        self.recorder = recorder
        self.documents = documents
        self.schedules = schedules
        self.placements = placements
        self.replaced = replaced
    }

    func settle(_ settling: Settling) throws -> Answer {
        guard let row = try invocations.row(settling.held.invocation.rawValue),
            row.state == .running,
            row.lease == settling.held.lease.rawValue
        else { return .refused(.leaseLost) }
        guard let effects = try plan(settling.effects, settling.ending) else {
            return .settled(try end(row, settling.ending, droppedKeys: []))
        }
        switch effects {
        case .failure(let refusal): return .refused(refusal)
        case .success(let prepared):
            var ready: [FunctionNumber] = []
            var dropped: [String] = []
            var placed: [Placement] = []
            if settling.ending.settlement == .succeeded {
                placed = try apply(prepared, ready: &ready, dropped: &dropped)
            }
            var settled = try end(row, settling.ending, droppedKeys: dropped)
            settled.ready.formUnion(ready)
            settled.droppedKeys = dropped
            settled.placements = placed
            return .settled(settled)
        }
    }

    // MARK: effects

    /// Checks the read set and plans the writes; nil where there is nothing to check or write.
    func plan(_ effects: Effects, _ ending: Ending) throws -> Result<Prepared, Refusal>? {
        let commits = ending.settlement == .succeeded && !effects.isEmpty
        guard commits || ending.isRejected else { return nil }
        let stale = try documents.stale(effects.reads)
        guard stale.isEmpty else { return .failure(.conflicted(paths: stale)) }
        guard commits else { return .success(Prepared()) }
        for plan in effects.plans {
            // Removing what is not there changes nothing.
            guard let refusal = try schedules.refusal(of: plan),
                refusal != .unknownSchedule(plan.name ?? "")
            else { continue }
            return .failure(refusal)
        }
        return try prepare(
            effects.writes.map { ConditionalWrite($0) },
            Prepared(
                records: effects.records, plans: effects.plans, files: effects.files,
                origin: effects.origin), effects.origin)
    }

    /// Plans writes and the events of what they change; `origin` is nil where nobody is told.
    func prepare(
        _ writes: [ConditionalWrite], _ beside: Prepared, _ origin: Origin?
    ) throws -> Result<Prepared, Refusal> {
        var prepared = beside
        if !writes.isEmpty {
            switch try documents.plan(writes) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let planned): prepared.writes = planned
            }
            if let origin {
                prepared.records += triggers.records(of: prepared.writes.changes, origin)
            }
        }
        if let refusal = try recorder.refusal(of: prepared.records) { return .failure(refusal) }
        return .success(prepared)
    }

    /// Writes what was planned, and records the events, of an attempt that succeeded; the files
    /// that go to their buckets now.
    func apply(
        _ prepared: Prepared, ready: inout [FunctionNumber], dropped: inout [String]
    ) throws -> [Placement] {
        try documents.apply(prepared.writes)
        for plan in prepared.plans { try schedules.apply(plan) }
        if !prepared.records.isEmpty {
            try recorder.record(prepared.records, ready: &ready, dropped: &dropped)
        }
        return try placements.insert(prepared.files, prepared.origin)
    }

    /// Writes documents from outside, with the events of what changed.
    func write(_ writing: Writing) throws -> Answer {
        let origin = writing.triggers ? writing.origin : nil
        switch try prepare(writing.writes, Prepared(), origin) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let prepared):
            var written = Written(
                versions: prepared.writes.map(\.version),
                isNew: prepared.writes.map { $0.before == nil && $0.body != nil })
            var dropped: [String] = []
            _ = try apply(prepared, ready: &written.ready, dropped: &dropped)
            return .written(written)
        }
    }

    // MARK: the invocation itself

    /// Moves `row` to where the settlement says.
    func end(_ before: InvocationRow, _ ending: Ending, droppedKeys: [String]) throws -> Settled {
        assert(before.state == .running, "only a running one is settled")
        var row = before
        row.suspicion = before.suspicion.after(ending)
        row.beganAt = ending.beganAt.milliseconds
        if ending.outcome.isCharged { row.charged += 1 }
        let note = ending.note(droppedKeys)
        let hasNothingToSay = note == nil && ending.response == nil
        let isFirstTry = row.runs == 1 && row.series == 0
        if ending.settlement != .succeeded || !isFirstTry || !hasNothingToSay {
            try attempts.append(ending, to: row, note: note)
        }
        if ending.settlement.runsLater, try replaced.contains(event: row.event) {
            return try leave(row, ending, as: .cancelled, error: Announced.replaced)
        }
        switch ending.settlement {
        case .succeeded:
            try invocations.succeed(row, ending)
            return Settled(ready: try follower(of: row))
        case .again: return try again(row, ending)
        case .rerun: return try rerun(row, ending)
        case .retry(let due):
            try invocations.wait(row, until: due, ending, error: ending.outcome.error)
            return Settled(dueAt: due)
        case .cancelled: return try leave(row, ending, as: .cancelled, error: ending.outcome.error)
        case .dead(let reason): return try leave(row, ending, as: .dead, error: reason)
        }
    }

    private func again(_ row: InvocationRow, _ ending: Ending) throws -> Settled {
        try invocations.putBack(row, error: ending.outcome.error)
        return Settled(ready: row.turn == Turn.waits ? [] : [FunctionNumber(row.function)])
    }

    private func rerun(_ before: InvocationRow, _ ending: Ending) throws -> Settled {
        var row = before
        row.runs += 1
        let lease = ledger.nextLease()
        try invocations.restart(row, lease: lease, error: ending.outcome.error)
        return Settled(renewed: Lease(lease))
    }

    private func leave(
        _ row: InvocationRow, _ ending: Ending, as state: InvocationState, error: String?
    ) throws -> Settled {
        try invocations.end(
            row, as: state, at: ending.endedAt.milliseconds, began: ending.beganAt.milliseconds,
            worker: ending.worker, error: error)
        return Settled(ready: try follower(of: row))
    }

    /// Gives the turn on; the function where that made something ready.
    func follower(of row: InvocationRow) throws -> [FunctionNumber] {
        try ordering.passOn(from: row) ? [FunctionNumber(row.function)] : []
    }
}

extension Ending {
    var isRejected: Bool {
        if case .rejected = outcome { true } else { false }
    }

    /// The attempt's note and what is to be said of keys that were known.
    func note(_ droppedKeys: [String]) -> String? {
        guard !droppedKeys.isEmpty else { return note }
        let keys = droppedKeys.map { "\"\($0)\"" }.joined(separator: ", ")
        let dropped = "dropped, for the key was known: \(keys)"
        return note.map { "\($0); \(dropped)" } ?? dropped
    }
}

extension Suspicion {
    /// What is left of it after an attempt.
    func after(_ ending: Ending) -> Suspicion {
        if case .crashed = ending.outcome { return .convicted }
        if self == .convicted { return .convicted }
        if ending.settlement == .again(suspect: true) { return .suspect }
        // The host ended uncleanly while it ran: once may be chance, twice is suspicious.
        guard ending.outcome == .interrupted(.host) else { return .none }
        return self == .none ? .seenOnce : .suspect
    }
}
