import Contract
import Invocations

extension MemoryState {
    mutating func record(_ record: Record) -> Answer {
        if let known = known(record) {
            return .recorded(Recorded(event: known.event, number: known.number, isDuplicate: true))
        }
        let max = record.comesFromOutside ? limits.backlogMax : 2 * limits.backlogMax
        guard owed.count + record.newlyOwed <= max else { return .refused(.backlogFull(max: max)) }
        return .recorded(insert(record, mayStart: true))
    }

    private func known(_ record: Record) -> KnownKey? {
        guard let key = record.key, let known = keys[KeyName(key)] else { return nil }
        return known.expiresAt > record.event.acceptedAt ? known : nil
    }

    mutating func insert(_ event: NewEvent, owedTo count: Int) -> EventNumber {
        self.event += 1
        owedCounts[self.event] = count
        events[self.event] = event.numbered(EventNumber(self.event))
        return EventNumber(self.event)
    }

    mutating func insert(_ record: Record, mayStart: Bool) -> Recorded {
        let number = insert(record.event, owedTo: record.owed.count)
        var recorded = Recorded(event: events[number.rawValue]!.id, number: number)
        if let key = record.key {
            keys[KeyName(key)] = KnownKey(
                event: recorded.event, number: number, expiresAt: key.expiresAt)
        }
        for (ordinal, owed) in record.owed.enumerated() {
            let row = row(
                owed, InvocationNumber(event: number, ordinal: ordinal), record.event, mayStart)
            put(row)
            if row.isReady { recorded.ready.formUnion([row.function]) }
            if row.state == .running {
                recorded.started.append(.init(ordinal: ordinal, lease: Lease(row.lease)))
            }
        }
        return recorded
    }

    private mutating func row(
        _ owed: Owed, _ number: InvocationNumber, _ event: NewEvent, _ mayStart: Bool
    ) -> Row {
        let acceptedAt = event.acceptedAt
        var row = Row(
            number: number.rawValue, function: owed.function, state: .ready, firstRunAt: acceptedAt,
            beganAt: acceptedAt, finishedAt: acceptedAt)
        row.orderingKey = owed.orderingKey.map { Array($0.utf8) }
        if let key = row.orderingKey, owed.start.isOwed, isHeld(key, of: owed.function) {
            row.turn = .waits
        }
        switch owed.start {
        case .now where mayStart && row.turn == .has && !isPaused(owed.function):
            row.state = .running
            row.lease = nextLease()
            row.runs = 1
        case .now, .whenClaimed: break
        case .at(let instant):
            guard instant > acceptedAt else { break }
            row.state = .scheduled
            row.dueAt = instant
        case .never(let tooDeep):
            row.state = .dead
            row.error = tooDeep.reason(chain: chain(to: event.facts.cause))
        }
        return row
    }

    /// The functions that led to an event with this cause, the last one first.
    private func chain(to cause: EventID?) -> [String] {
        var names: [String] = []
        var cause = cause
        while names.count < TooDeep.chainMax, let number = cause.flatMap(number(ofInvocation:)),
            let row = invocations[number]
        {
            names.append(functions[Int(row.function.rawValue) - 1].name)
            cause = events[number >> InvocationNumber.ordinalBits]?.cause
        }
        return names
    }

    // MARK: effects

    /// The writes of an attempt and the events of all that it asked for and changed, or why they
    /// can't be; nil where there is nothing to check or write.
    func plan(_ effects: Effects, _ ending: Ending) -> Result<Prepared, Refusal>? {
        let commits = ending.settlement == .succeeded && !effects.isEmpty
        guard commits || ending.outcome.isRejected else { return nil }
        let stale = effects.reads.filter {
            (documents[Array($0.path.utf8)]?.version ?? 0) != $0.version
        }
        guard stale.isEmpty else { return .failure(.conflicted(paths: stale.map(\.path))) }
        guard commits else { return .success(Prepared()) }
        for plan in effects.plans {
            guard let refusal = refusal(of: plan), refusal != .unknownSchedule(plan.name ?? "")
            else { continue }
            return .failure(refusal)
        }
        return prepare(
            effects.writes.map { ConditionalWrite($0) },
            Prepared(
                records: effects.records, plans: effects.plans, files: effects.files,
                origin: effects.origin), effects.origin)
    }

    struct Prepared {
        var writes: [PlannedWrite] = []
        var records: [Record] = []
        var plans: [Planning] = []
        var files: [StagedFile] = []
        var origin: Origin?
    }

    private func prepare(
        _ writes: [ConditionalWrite], _ beside: Prepared, _ origin: Origin?
    ) -> Result<Prepared, Refusal> {
        var prepared = beside
        switch plan(writes) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let planned): prepared.writes = planned
        }
        if let origin {
            let changes = prepared.writes.filter { $0.version != 0 }.map(\.change)
            prepared.records += triggers.records(of: changes, origin)
        }
        let new = prepared.records.filter { known($0) == nil }.reduce(0) { $0 + $1.newlyOwed }
        let max =
            prepared.records.contains(where: \.comesFromOutside)
            ? limits.backlogMax : 2 * limits.backlogMax
        guard new == 0 || owed.count + new <= max else {
            return .failure(.backlogFull(max: max))
        }
        return .success(prepared)
    }

    /// Writes and records what was planned; names the keys that were known, and the files that go to
    /// their buckets now.
    mutating func apply(
        _ prepared: Prepared, ready: inout [FunctionNumber]
    ) -> (dropped: [String], placements: [Placement]) {
        apply(prepared.writes)
        for plan in prepared.plans { apply(plan) }
        var dropped: [String] = []
        for record in prepared.records {
            if known(record) != nil {
                dropped.append(record.key!.key)
            } else {
                ready.formUnion(insert(record, mayStart: false).ready)
            }
        }
        return (dropped, place(prepared))
    }

    // MARK: documents

    struct PlannedWrite {
        var path: [UInt8]
        var before: StoredDocument?
        var body: [UInt8]?
        /// 0 where there is nothing to delete.
        var version: Int64

        var change: ChangedDocument {
            ChangedDocument(
                path: String(decoding: path, as: UTF8.self), before: before, after: body,
                version: version)
        }
    }

    mutating func write(_ writing: Writing) -> Answer {
        switch prepare(writing.writes, Prepared(), writing.triggers ? writing.origin : nil) {
        case .failure(let refusal): return .refused(refusal)
        case .success(let prepared):
            var written = Written(
                versions: prepared.writes.map(\.version),
                isNew: prepared.writes.map { $0.before == nil && $0.body != nil })
            _ = apply(prepared, ready: &written.ready)
            return .written(written)
        }
    }

    private func plan(_ writes: [ConditionalWrite]) -> Result<[PlannedWrite], Refusal> {
        var after = documents
        var version = version
        var planned: [PlannedWrite] = []
        for write in writes {
            let path = Array(write.write.path.utf8)
            let found = after[path]?.version ?? 0
            if let expected = write.ifVersion, expected != found {
                return .failure(.versionMismatch(path: write.write.path, found: found))
            }
            var body: [UInt8]?
            switch write.write {
            case .put(_, let new): body = new
            case .merge(_, let patch, let operations):
                do throws(MergeError) {
                    body = try DocumentMerge.merged(
                        after[path]?.body, patch: patch, operations: operations,
                        bytesMax: limits.documentBytesMax)
                } catch {
                    return .failure(.unmergeable(path: write.write.path, reason: "\(error)"))
                }
            case .delete: break
            }
            let before = after[path]
            let changes = body != nil || before != nil
            if changes { version += 1 }
            after[path] = body.map { StoredDocument(version: version, body: $0) }
            planned.append(
                PlannedWrite(path: path, before: before, body: body, version: changes ? version : 0)
            )
        }
        return .success(planned)
    }

    private mutating func apply(_ planned: [PlannedWrite]) {
        for write in planned where write.version != 0 {
            documents[write.path] = write.body.map {
                StoredDocument(version: write.version, body: $0)
            }
            version = write.version
        }
    }
}

extension Record {
    fileprivate var newlyOwed: Int { owed.count { $0.start.isOwed } }
}

extension Owed.Start {
    fileprivate var isOwed: Bool {
        if case .never = self { false } else { true }
    }
}

extension Outcome {
    var isRejected: Bool {
        if case .rejected = self { true } else { false }
    }
}
