import Contract
import GRDB
import Invocations

/// One invocation with its history, one event with what is owed for it.
struct InvocationReading {
    let db: Database

    init(_ db: Database) { self.db = db }

    func detail(_ id: EventID) throws -> InvocationDetail? {
        guard let number = try invocation(id) else { return nil }
        let select = try PreparedStatement(
            cached: """
                SELECT \(InvocationColumns.sql) FROM \(InvocationColumns.joined)
                WHERE invocations.number = ?
                """, db)
        select.bind(1, number)
        guard try select.next() else { return nil }
        defer { select.reset() }
        let summary = InvocationColumns.summary(select)
        // The number of somebody else's identifier may be ours by chance.
        guard summary.id == id else { return nil }
        var history = try history(number)
        if history.isEmpty, summary.state == .succeeded {
            history = [InvocationColumns.firstTry(select)]
        }
        return InvocationDetail(summary: summary, history: history)
    }

    func event(_ id: EventID) throws -> EventDetail? {
        guard let number = try event(number: id) else { return nil }
        let select = try PreparedStatement(
            cached: "SELECT \(EventColumns.sql) FROM events WHERE number = ?", db)
        select.bind(1, number)
        guard try select.next() else { return nil }
        defer { select.reset() }
        let event = EventColumns.event(select, from: 0)
        guard event.id == id else { return nil }
        return EventDetail(event: event, invocations: try invocations(ofEvent: number))
    }

    /// The number that an event's identifier tells, or nil where no event has it.
    private func event(number id: EventID) throws -> Int64? {
        switch id.tag {
        case .event: return id.number
        case .call:
            let select = try PreparedStatement(
                cached: "SELECT number FROM events WHERE call_id = ? AND call_id IS NOT NULL", db)
            select.bind(1, id.stored)
            defer { select.reset() }
            return try select.next() ? select.int64(0) : nil
        case .invocation, .callInvocation, nil: return nil
        }
    }

    /// The number of an event that is there under the whole identifier: that of another data
    /// directory may have the same number.
    func number(ofStored id: EventID) throws -> Int64? {
        guard let number = try event(number: id) else { return nil }
        let select = try PreparedStatement(
            cached: "SELECT number, accepted_at, call_id FROM events WHERE number = ?", db)
        select.bind(1, number)
        guard try select.next() else { return nil }
        defer { select.reset() }
        let stored = EventColumns.id(select, number: 0, acceptedAt: 1, callID: 2)
        return stored == id ? number : nil
    }

    private func invocation(_ id: EventID) throws -> Int64? {
        switch id.tag {
        case .invocation: id.number
        case .callInvocation:
            try event(number: id.tagged(.call)).map { $0 << InvocationNumber.ordinalBits }
        case .event, .call, nil: nil
        }
    }

    private func invocations(ofEvent number: Int64) throws -> [InvocationSummary] {
        let select = try PreparedStatement(
            cached: """
                SELECT \(InvocationColumns.sql) FROM \(InvocationColumns.joined)
                WHERE invocations.number >= ? AND invocations.number < ? ORDER BY invocations.number
                """, db)
        select.bind(1, number << InvocationNumber.ordinalBits)
        select.bind(2, (number + 1) << InvocationNumber.ordinalBits)
        var found: [InvocationSummary] = []
        while try select.next() { found.append(InvocationColumns.summary(select)) }
        return found
    }

    private func history(_ invocation: Int64) throws -> [AttemptRecord] {
        let select = try PreparedStatement(
            cached: """
                SELECT series + number, outcome, error, began_at, ended_at, worker, note,
                response
                FROM attempts WHERE invocation = ? ORDER BY series, number
                """, db)
        select.bind(1, invocation)
        var history: [AttemptRecord] = []
        while try select.next() {
            history.append(
                AttemptRecord(
                    number: select.int(0), outcome: select.text(1), error: select.optionalText(2),
                    beganAt: Instant(milliseconds: select.int64(3)),
                    endedAt: Instant(milliseconds: select.int64(4)),
                    worker: Int32(truncatingIfNeeded: select.int64(5)),
                    note: select.optionalText(6),
                    response: select.isNull(7)
                        ? nil : ResponseData(stored: select.lentBytes(7))))
        }
        return history
    }
}
