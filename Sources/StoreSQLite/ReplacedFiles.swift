import Contract
import GRDB
import Invocations

/// Tells whether the file that an event is about has another generation by now, or is gone.
final class ReplacedFiles {
    private let event: PreparedStatement
    private let current: PreparedStatement

    init(_ db: Database) throws {
        event = try PreparedStatement(
            "SELECT subject, data FROM events WHERE number = ? AND kind = ?", db)
        current = try PreparedStatement(
            "SELECT event FROM files WHERE tenant = ? AND bucket = ? AND key = ?", db)
    }

    /// False for an event that is about no file, or about one that was deleted.
    func contains(event number: Int64) throws -> Bool {
        event.bind(1, number)
        event.bind(2, Int64(InputKind.file.code))
        guard try event.next() else { return false }
        let subject = event.text(0)
        let isDeletion = ChangedFile.isDeletion(event.bytes(1))
        event.reset()
        guard !isDeletion, let slash = subject.firstIndex(of: "/") else { return false }
        current.bind(1, Event.defaultTenant)
        current.bind(2, String(subject[..<slash]))
        current.bind(3, String(subject[subject.index(after: slash)...]))
        guard try current.next() else { return true }
        defer { current.reset() }
        return current.optionalInt64(0) != number
    }
}
