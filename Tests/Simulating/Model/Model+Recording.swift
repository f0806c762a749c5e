import Contract
import Invocations

extension Model {
    mutating func observe(_ record: Record, _ recorded: Recorded) throws(Violation) {
        if let known = known(record) {
            try require(
                recorded.isDuplicate && recorded.number.rawValue == known, 2,
                "key \(record.key!.key) made event \(recorded.number.rawValue), and had \(known)")
            try require(recorded.started.isEmpty, 2, "a duplicate was started")
            return
        }
        try require(
            !recorded.isDuplicate, 1,
            "an event was taken for the duplicate of \(recorded.number.rawValue), and is none")
        try checkFanOut(record)
        let number = insert(record)
        try require(
            number == recorded.number.rawValue, 7,
            "event \(recorded.number.rawValue) was recorded after event \(number - 1)")
        for started in recorded.started {
            let row = rows[number << 12 | Int64(started.ordinal)]!
            try require(
                record.owed[started.ordinal].start == .now, 3,
                "\(name(row)) was started, and nobody asked for it")
            try start(row, lease: started.lease, runs: 1, at: record.event.acceptedAt)
        }
    }

    /// The event that has the record's key.
    func known(_ record: Record) -> Int64? {
        guard let key = record.key, let known = keys[key.text],
            known.expiresAt > record.event.acceptedAt
        else { return nil }
        return known.event
    }

    /// Takes in an event and what is owed for it; answers its number.
    @discardableResult
    mutating func insert(_ record: Record) -> Int64 {
        let number = insert(record.event)
        if let key = record.key {
            keys[key.text] = KnownKey(event: number, expiresAt: key.expiresAt)
        }
        for (ordinal, owed) in record.owed.enumerated() {
            var row = Row(
                number: number << 12 | Int64(ordinal), function: owed.function.rawValue)
            row.lane = owed.orderingKey.map { Lane(function: row.function, key: $0) }
            switch owed.start {
            case .at(let instant) where instant > record.event.acceptedAt:
                row.state = .scheduled
                row.dueAt = instant
            case .now, .whenClaimed, .at: break
            case .never:
                row.state = .dead
                row.finishedAt = record.event.acceptedAt
            }
            put(row)
        }
        return number
    }

    mutating func insert(_ event: NewEvent) -> Int64 {
        lastEvent += 1
        events[lastEvent] = event
        kinds.insert(event.facts.kind)
        return lastEvent
    }

    // MARK: documents

    mutating func observe(_ writing: Writing, _ written: Written) throws(Violation) {
        var versions: [Int64] = []
        var changes: [Record] = []
        for write in writing.writes {
            let change = apply(write.write, writing.origin)
            versions.append(change.version)
            changes += change.record
        }
        for change in changes { insert(change) }
        try require(
            versions == written.versions, 6,
            "documents got versions \(written.versions), expected \(versions)")
    }

    /// The new version, 0 where nothing changed, and the event of the change.
    mutating func apply(
        _ write: DocumentWrite, _ origin: Origin
    ) -> (version: Int64, record: [Record]) {
        let before = documents[write.path]
        var count: Int?
        switch write {
        case .put(_, let body): count = Self.count(in: body)
        case .merge(_, _, let operations):
            count = before?.count ?? 0
            for operation in operations {
                if case .increment(_, let by) = operation { count = count! + Int(by) }
            }
        case .delete: break
        }
        guard count != nil || before != nil else { return (0, []) }
        lastVersion += 1
        documents[write.path] = count.map { Document(version: lastVersion, count: $0) }
        return (lastVersion, changeRecord(write.path, isDeleted: count == nil, origin))
    }

    /// `notice` wants to know of what is created and updated among the tallies.
    private func changeRecord(_ path: String, isDeleted: Bool, _ origin: Origin) -> [Record] {
        guard path.hasPrefix("tally/"), !isDeleted else { return [] }
        let event = NewEvent(kind: .document, subject: path, acceptedAt: origin.now, data: [])
        let function = FunctionNumber(Int64(Role.notice.rawValue) + 1)
        return [Record(event: event, owed: [Owed(function: function, orderingKey: path)])]
    }

    /// The number in a document of the simulated app: `{"n":12}`; nil where it is none.
    static func count(in body: [UInt8]) -> Int? {
        let text = String(decoding: body, as: UTF8.self)
        guard text.hasPrefix("{\"n\":"), text.hasSuffix("}") else { return nil }
        return Int(text.dropFirst(5).dropLast())
    }

    // MARK: files

    mutating func observe(_ announcing: Announcing, _ announced: Announced) throws(Violation) {
        var changes = 0
        for found in announcing.files where announce(found, announcing) { changes += 1 }
        try require(
            changes == announced.changes, 2,
            "of \(announcing.files.map(\.key)) \(announced.changes) were new, expected \(changes)")
    }

    private mutating func announce(
        _ found: Announcing.Found, _ announcing: Announcing
    ) -> Bool {
        let mine = placements.filter { $0.file.key == found.key }
        var through = announcing.placedThrough
        if found.mark != nil, let made = mine.last(where: { $0.file.mark == found.mark }) {
            through = max(through, made.number)
        }
        placements.removeAll { $0.file.key == found.key && $0.number <= through }
        let known = files[found.key]
        guard known?.mark != found.mark else { return false }
        lastVersion += 1
        if let event = known?.event { replace(event, announcing.origin.now) }
        guard let mark = found.mark else {
            files[found.key] = nil
            return true
        }
        let event = NewEvent(
            kind: .file, subject: "\(announcing.bucket)/\(found.key)",
            acceptedAt: announcing.origin.now, data: [])
        let owed = Owed(
            function: FunctionNumber(Int64(Role.intake.rawValue) + 1),
            orderingKey: "\(announcing.bucket)/\(found.key)")
        let number = insert(Record(event: event, owed: [owed]))
        files[found.key] = File(mark: mark, event: number)
        return true
    }

    /// What does not run gives way to what came after it.
    private mutating func replace(_ event: Int64, _ now: Instant) {
        guard var row = rows[event << 12], row.state.isOwedToTheModel, row.state != .running
        else { return }
        row.state = .cancelled
        row.dueAt = nil
        row.finishedAt = now
        put(row)
    }
}

extension Record.Key {
    var text: String { "\(tenant)\u{0}\(trigger)\u{0}\(key)" }
}
