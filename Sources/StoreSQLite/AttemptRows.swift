import Contract
import GRDB
import Invocations

/// The rows of attempts: one for each, save for one that succeeded at first and has nothing to say.
///
/// A row has the number within its series; what people see is that and the runs before the series.
final class AttemptRows {
    private let insert: PreparedStatement
    private let find: PreparedStatement

    init(_ db: Database) throws {
        insert = try PreparedStatement(
            """
            INSERT INTO attempts (invocation, series, number, outcome, error, began_at, ended_at,
            worker, note, response)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, db)
        find = try PreparedStatement("SELECT 1 FROM attempts WHERE invocation = ? LIMIT 1", db)
    }

    func append(_ ending: Ending, to row: InvocationRow, note: String?) throws {
        insert.bind(1, row.number)
        insert.bind(2, row.series)
        insert.bind(3, row.runs)
        insert.bind(4, ending.outcome.name)
        insert.bind(5, ending.outcome.error)
        insert.bind(6, ending.beganAt.milliseconds)
        insert.bind(7, ending.endedAt.milliseconds)
        insert.bind(8, Int64(ending.worker))
        insert.bind(9, note)
        insert.bind(10, ending.response?.stored)
        try insert.run()
    }

    /// Keeps the attempt that succeeded at first, unless it left a row for its note.
    func appendIfAbsent(_ ending: Ending, to row: InvocationRow) throws {
        find.bind(1, row.number)
        let isThere = try find.next()
        find.reset()
        if !isThere { try append(ending, to: row, note: nil) }
    }
}

extension ResponseData {
    /// As in frames.
    var stored: [UInt8] {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return bytes
    }

    init(stored bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        do throws(FrameError) {
            self = try ResponseData(from: &reader)
        } catch {
            preconditionFailure("a response was stored that can't be read: \(error)")
        }
    }
}
