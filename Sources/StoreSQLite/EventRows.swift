import Contract
import GRDB
import Invocations

/// The rows of events: written once, never changed.
final class EventRows {
    private let ledger: Ledger
    private let insert: PreparedStatement

    init(_ db: Database, _ ledger: Ledger) throws {
        self.ledger = ledger
        insert = try PreparedStatement(
            """
            INSERT INTO events (number, kind, subject, accepted_at, content_type, tenant,
            attributes, trace,
            trace_state, cause, depth, call_id, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, db)
    }

    func insert(_ event: borrowing NewEvent) throws -> EventNumber {
        let facts = event.facts
        let number = ledger.nextEvent()
        insert.bind(1, number)
        insert.bind(2, Int64(facts.kind.code))
        insert.bind(3, facts.subject)
        insert.bind(4, facts.acceptedAt.milliseconds)
        insert.bind(5, facts.dataContentType)
        insert.bind(6, facts.tenant)
        if facts.attributes.isEmpty {
            insert.bindNull(7)
        } else {
            insert.bind(7, facts.attributes.stored)
        }
        if let trace = facts.trace { insert.bind(8, trace.stored) } else { insert.bindNull(8) }
        insert.bind(9, facts.traceState)
        if let cause = facts.cause { insert.bind(10, cause.stored) } else { insert.bindNull(10) }
        insert.bind(11, facts.depth)
        if let id = event.callID { insert.bind(12, id.stored) } else { insert.bindNull(12) }
        try facts.data.withUnsafeBytes { data in
            insert.lend(13, data)
            try insert.run()
        }
        return EventNumber(number)
    }
}

/// An event as its columns say, in the order of `sql`.
enum EventColumns {
    static let sql = """
        events.number, events.kind, events.subject, events.accepted_at, events.content_type,
        events.tenant,
        events.attributes, events.trace, events.trace_state, events.cause, events.depth,
        events.call_id,
        events.data
        """

    /// The place of the data among them.
    static let data: Int32 = 12

    static func event(_ row: PreparedStatement, from first: Int32) -> Event {
        let id = id(row, number: first, acceptedAt: first + 3, callID: first + 11)
        guard let kind = InputKind(code: UInt8(truncatingIfNeeded: row.int64(first + 1))) else {
            preconditionFailure("event \(id) has the kind \(row.int64(first + 1)), which is none")
        }
        return Event(
            id: id, kind: kind, subject: row.text(first + 2),
            acceptedAt: Instant(milliseconds: row.int64(first + 3)), data: row.bytes(first + data),
            dataContentType: row.optionalText(first + 4), tenant: row.text(first + 5),
            attributes: row.isNull(first + 6) ? [:] : Dictionary(stored: row.bytes(first + 6)),
            trace: row.isNull(first + 7) ? nil : TraceParent(stored: row.lentBytes(first + 7)),
            traceState: row.optionalText(first + 8),
            cause: row.isNull(first + 9) ? nil : EventID(stored: row.lentBytes(first + 9)),
            depth: row.int(first + 10))
    }

    static func id(_ row: PreparedStatement, number: Int32, acceptedAt: Int32, callID: Int32)
        -> EventID
    {
        row.isNull(callID)
            ? EventID(
                .event, number: row.int64(number), at: Instant(milliseconds: row.int64(acceptedAt)))
            : EventID(stored: row.lentBytes(callID))
    }
}

extension EventID {
    /// Sixteen bytes, the highest first, so that they sort like identifiers.
    var stored: [UInt8] { bigEndian(high) + bigEndian(low) }

    init(stored bytes: UnsafeRawBufferPointer) {
        self.init(high: word(bytes, 0), low: word(bytes, 8))
    }
}

extension TraceParent {
    var stored: [UInt8] {
        bigEndian(traceHigh) + bigEndian(traceLow) + bigEndian(parent) + CollectionOfOne(flags)
    }

    init(stored bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 25, "a trace has three words and its flags")
        self.init(
            traceHigh: word(bytes, 0), traceLow: word(bytes, 8), parent: word(bytes, 16),
            flags: bytes[24])
    }
}

extension [String: String] {
    /// As in frames, in the order of the names.
    var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(fields: sorted { $0.key < $1.key }.map { RequestData.Field($0.key, $0.value) })
        return bytes
    }

    init(stored bytes: [UInt8]) {
        let fields = [RequestData.Field](stored: bytes)
        self.init(fields.map { ($0.name, $0.value) }) { _, last in last }
    }
}

extension [RequestData.Field] {
    var stored: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(fields: self)
        return bytes
    }

    init(stored bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            do throws(FrameError) {
                return try reader.fields("stored fields")
            } catch {
                preconditionFailure("fields were stored that can't be read: \(error)")
            }
        }
    }
}

private func bigEndian(_ word: UInt64) -> [UInt8] {
    withUnsafeBytes(of: word.bigEndian) { Array($0) }
}

private func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    precondition(bytes.count >= place + 8, "an identifier has two words")
    return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
}
