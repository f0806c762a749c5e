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
        for found in announcing.files { announce(found, announcing, &announced) }
        return .announced(announced)
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
        for row in rows(ofEvent: event) where row.state.isOwed && row.runs == 0 {
            var row = invocations[row.number]!
            row.state = .cancelled
            row.error = Announced.replaced
            row.finishedAt = now
            put(row)
            announced.ready.formUnion(passOn(from: row))
        }
    }

    func files(in bucket: String) -> [FileRow] {
        let folder = Array("\(bucket)/".utf8)
        return files.filter { $0.key.starts(with: folder) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value.row)
    }
}
