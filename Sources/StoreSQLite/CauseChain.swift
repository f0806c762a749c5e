import Contract
import Invocations

import class GRDB.Database

/// Walks from an event back along its causes, for the dead letter of one that went too deep.
final class CauseChain {
    private let invocation: PreparedStatement
    private let call: PreparedStatement

    init(_ db: Database) throws {
        invocation = try PreparedStatement(
            """
            SELECT functions.name, events.cause FROM invocations
            CROSS JOIN events ON events.number = invocations.number >> 12
            CROSS JOIN functions ON functions.number = invocations.function
            WHERE invocations.number = ?
            """, db)
        call = try PreparedStatement(
            "SELECT number FROM events WHERE call_id = ? AND call_id IS NOT NULL", db)
    }

    /// The functions that led to an event with this cause, the last one first.
    ///
    /// It ends where an event came from outside, or where the history is gone.
    func functions(to cause: EventID?) throws -> [String] {
        var names: [String] = []
        var cause = cause
        while names.count < TooDeep.chainMax, let number = try number(of: cause) {
            invocation.bind(1, number)
            guard try invocation.next() else { break }
            names.append(invocation.text(0))
            cause = invocation.isNull(1) ? nil : EventID(stored: invocation.lentBytes(1))
            invocation.reset()
        }
        return names
    }

    private func number(of cause: EventID?) throws -> Int64? {
        switch cause?.tag {
        case .invocation: return cause?.number
        case .callInvocation:
            call.bind(1, cause!.tagged(.call).stored)
            defer { call.reset() }
            return try call.next() ? call.int64(0) << InvocationNumber.ordinalBits : nil
        case .event, .call, nil: return nil
        }
    }
}
