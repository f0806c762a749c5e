import Contract
import Invocations

extension MemoryState {
    struct File {
        var row: FileRow
        var event: Int64?
    }

    mutating func announce(_ announcing: Announcing) -> Answer {
        guard owed.count + announcing.files.count <= 2 * limits.backlogMax else {
            return .refused(.backlogFull(max: 2 * limits.backlogMax))
        }
        var announced = Announced()
        for found in announcing.files {
            var one = announcing
            if let origin = endPlacements(found, announcing) { one.origin = origin }
            announce(found, one, &announced)
        }
        return .announced(announced)
    }

    /// Rows for the files of an attempt that succeeded.
    mutating func place(_ prepared: Prepared) -> [Placement] {
        guard let origin = prepared.origin else { return [] }
        return prepared.files.map { file in
            version += 1
            let placement = Placement(number: version, file: file)
            placements.append((placement, origin))
            return placement
        }
    }

    /// Forgets what a look at a key found done; whom the event of what it found comes from, where a
    /// placement made it.
    private mutating func endPlacements(
        _ found: Announcing.Found, _ announcing: Announcing
    ) -> Origin? {
        func isMeant(_ file: StagedFile) -> Bool {
            file.bucket == announcing.bucket && Array(file.key.utf8) == Array(found.key.utf8)
        }
        let rows = placements.filter { isMeant($0.placement.file) }
        let done = rows.map(\.placement).done(
            finding: found.mark, placedThrough: announcing.placedThrough)
        placements.removeAll { isMeant($0.placement.file) && $0.placement.number <= done.through }
        return done.cause.map {
            var origin = rows[$0].origin
            origin.now = announcing.origin.now
            return origin
        }
    }

    private mutating func announce(
        _ found: Announcing.Found, _ announcing: Announcing, _ announced: inout Announced
    ) {
        let place = Array("\(announcing.bucket)/\(found.key)".utf8)
        let known = files[place]
        guard let mark = found.mark else {
            guard known != nil else { return }
            return change("deleted", found, place, announcing, &announced)
        }
        guard let kind = mark.kind(after: known?.row.mark, isTouched: found.isTouched) else {
            files[place]!.row.mark = mark
            return
        }
        change(kind, found, place, announcing, &announced)
    }

    private mutating func change(
        _ kind: String, _ found: Announcing.Found, _ place: [UInt8], _ announcing: Announcing,
        _ announced: inout Announced
    ) {
        version += 1
        let change = ChangedFile(
            bucket: announcing.bucket, key: found.key, kind: kind, generation: version,
            mark: found.mark)
        if let before = files[place]?.event { replace(before, announcing.origin.now, &announced) }
        var event: Int64?
        if let record = triggers.record(of: change, announcing.origin) {
            let recorded = insert(record, mayStart: false)
            event = recorded.number.rawValue
            announced.ready.formUnion(recorded.ready)
        }
        announced.changes += 1
        files[place] = found.mark.map {
            File(row: FileRow(key: found.key, generation: version, mark: $0), event: event)
        }
    }

    private mutating func replace(_ event: Int64, _ now: Instant, _ announced: inout Announced) {
        for row in rows(ofEvent: event) where row.state.isOwed && row.state != .running {
            var row = invocations[row.number]!
            row.state = .cancelled
            row.error = Announced.replaced
            row.finishedAt = now
            put(row)
            announced.ready.formUnion(passOn(from: row))
        }
    }

    /// True where the file that the row is owed for has another generation by now, or is gone.
    func isReplaced(_ row: Row) -> Bool {
        guard let event = events[row.number >> InvocationNumber.ordinalBits], event.kind == .file,
            !ChangedFile.isDeletion(event.data)
        else { return false }
        return files[Array(event.subject.utf8)]?.event != row.number >> InvocationNumber.ordinalBits
    }

    func files(in bucket: String) -> [FileRow] {
        let folder = Array("\(bucket)/".utf8)
        return files.filter { $0.key.starts(with: folder) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value.row)
    }

    // By their bytes, for equal texts may have different bytes.

    func files(in bucket: String, after: String, limit: Int) -> [FileRow] {
        let later = files(in: bucket).filter {
            after.utf8.lexicographicallyPrecedes($0.key.utf8)
        }
        return Array(later.prefix(limit))
    }

    func files(in bucket: String, keys: [String]) -> [FileRow] {
        let wanted = Set(keys.map { Array($0.utf8) })
        return files(in: bucket).filter { wanted.contains(Array($0.key.utf8)) }
    }
}
