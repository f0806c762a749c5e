import Contract
import GRDB
import Invocations

/// Records calls that ran before anything of them was recorded.
final class Concluder {
    private let invocations: InvocationRows
    private let attempts: AttemptRows
    private let ledger: Ledger
    private let recorder: Recorder
    private let settler: Settler
    private let select: PreparedStatement
    private let insert: PreparedStatement

    init(
        _ db: Database, _ ledger: Ledger, _ invocations: InvocationRows, _ attempts: AttemptRows,
        _ recorder: Recorder, _ settler: Settler
    ) throws {
        self.ledger = ledger
        self.invocations = invocations
        self.attempts = attempts
        self.recorder = recorder
        self.settler = settler
        select = try PreparedStatement(ResponseColumns.select, db)
        insert = try PreparedStatement(
            """
            INSERT OR REPLACE INTO responses (key_hash, event, fingerprint, status, fields,
            expires_at, body)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """, db)
    }

    func conclude(_ conclusion: Conclusion) throws -> Answer {
        let ending = conclusion.ending
        if let key = conclusion.response?.keyHash, let known = try response(key, at: ending.endedAt)
        {
            return .refused(.answered(known))
        }
        var prepared = Settler.Prepared()
        switch try settler.plan(conclusion.effects, ending) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let planned): prepared = planned
        case nil: break
        }
        let number = try recorder.insert(conclusion.event)
        var ready: [FunctionNumber] = []
        var dropped: [String] = []
        var placed: [Placement] = []
        if ending.settlement == .succeeded {
            placed = try settler.apply(prepared, ready: &ready, dropped: &dropped)
        }
        try insertInvocation(conclusion, number, dropped)
        if let response = conclusion.response { try insert(response, number) }
        return .concluded(
            Concluded(
                event: conclusion.event.id(number), ready: ready, droppedKeys: dropped,
                placements: placed))
    }

    private func response(_ keyHash: [UInt8], at now: Instant) throws -> StoredResponse? {
        select.bind(1, keyHash)
        guard try select.next() else { return nil }
        defer { select.reset() }
        let response = ResponseColumns.response(select)
        return response.expiresAt > now ? response : nil
    }

    private func insertInvocation(
        _ conclusion: Conclusion, _ event: EventNumber, _ dropped: [String]
    ) throws {
        let ending = conclusion.ending
        var new = InvocationRows.New(
            number: InvocationNumber(event: event, ordinal: 0).rawValue,
            function: conclusion.function.rawValue, state: .succeeded,
            acceptedAt: conclusion.event.acceptedAt.milliseconds)
        new.runs = conclusion.runs
        new.charged = ending.outcome.isCharged ? 1 : 0
        new.beganAt = ending.beganAt.milliseconds
        new.finishedAt = ending.endedAt.milliseconds
        new.worker = ending.worker
        switch ending.settlement {
        case .succeeded: break
        case .cancelled: (new.state, new.error) = (.cancelled, ending.outcome.error)
        case .dead(let reason): (new.state, new.error) = (.dead, reason)
        case .again, .rerun, .retry: preconditionFailure("a call that is concluded has ended")
        }
        try invocations.insert(new)
        if new.state == .dead { ledger.addDeadBytes(try invocations.deadBytes(new.number)) }
        let note = ending.note(dropped)
        guard new.state != .succeeded || conclusion.runs > 1 || note != nil else { return }
        guard let row = try invocations.row(new.number) else { return }
        try attempts.append(ending, to: row, note: note)
    }

    private func insert(_ response: StoredResponse, _ event: EventNumber) throws {
        insert.bind(1, response.keyHash)
        insert.bind(2, event.rawValue)
        insert.bind(3, response.fingerprint)
        insert.bind(4, response.status)
        insert.bind(5, response.fields.stored)
        insert.bind(6, response.expiresAt.milliseconds)
        try response.body.withUnsafeBytes { body in
            insert.lend(7, body)
            try insert.run()
        }
    }
}

/// A stored response as its columns say.
enum ResponseColumns {
    static let select = """
        SELECT key_hash, fingerprint, status, fields, expires_at, body FROM responses
        WHERE key_hash = ?
        """

    static func response(_ row: PreparedStatement) -> StoredResponse {
        StoredResponse(
            keyHash: row.bytes(0), fingerprint: row.bytes(1), status: row.int(2),
            fields: [RequestData.Field](stored: row.bytes(3)), body: row.bytes(5),
            expiresAt: Instant(milliseconds: row.int64(4)))
    }
}
