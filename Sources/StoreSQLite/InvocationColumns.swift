import Contract
import Invocations

/// An invocation as a list shows it, from the columns that `sql` names.
enum InvocationColumns {
    static let sql = """
        invocations.number, invocations.function, invocations.state, invocations.runs,
        invocations.charged, invocations.series, invocations.began_at, invocations.finished_at,
        invocations.worker, invocations.due_at, invocations.error, events.accepted_at,
        events.call_id
        """

    static let joined = "invocations CROSS JOIN events ON events.number = invocations.number >> 12"

    static func summary(_ row: PreparedStatement) -> InvocationSummary {
        let number = InvocationNumber(row.int64(0))
        let acceptedAt = Instant(milliseconds: row.int64(11))
        let callID = row.isNull(12) ? nil : EventID(stored: row.lentBytes(12))
        let state = InvocationState(code: row.int64(2))
        let runs = row.int(5) + row.int(3)
        let waits = state == .scheduled || state == .retrying
        return InvocationSummary(
            id: callID.map { $0.invocationID }
                ?? EventID(.invocation, number: number.rawValue, at: acceptedAt),
            number: number,
            event: callID ?? EventID(.event, number: number.event.rawValue, at: acceptedAt),
            function: FunctionNumber(row.int64(1)), state: state, charged: row.int(4), runs: runs,
            acceptedAt: acceptedAt, dueAt: waits ? Instant(milliseconds: row.int64(9)) : nil,
            startedAt: runs > 0 ? Instant(milliseconds: row.int64(6)) : nil,
            finishedAt: state.isOwed ? nil : Instant(milliseconds: row.int64(7)),
            error: row.optionalText(10))
    }

    /// The attempt that has no row of its own, for it succeeded at first.
    static func firstTry(_ row: PreparedStatement) -> AttemptRecord {
        AttemptRecord(
            number: 1, outcome: Outcome.succeeded.name, error: nil,
            beganAt: Instant(milliseconds: row.int64(6)),
            endedAt: Instant(milliseconds: row.int64(7)),
            worker: Int32(truncatingIfNeeded: row.int64(8) - Schema.workerBase))
    }
}

extension EventID {
    /// The invocation of a call whose event has this identifier.
    var invocationID: EventID { tagged(.callInvocation) }
}
