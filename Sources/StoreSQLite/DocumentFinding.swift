import Contract
import GRDB
import Invocations

/// Answers one query of documents: by an index where one helps, else by a walk of the collection.
struct DocumentFinding {
    let db: Database
    let query: DocumentQuery

    /// What is looked through, and in which order it comes.
    fileprivate enum Source {
        /// By identifier, all of the collection.
        case collection
        /// By identifier, those of one value.
        case value(index: Int64, IndexKey)
        /// By value, those of a range.
        case values(index: Int64, KeyRange)
    }

    func page() throws -> Page {
        let source = try source()
        let isInOrder: Bool
        switch source {
        case .collection, .value: isInOrder = query.sort == nil
        case .values(let index, _):
            isInOrder = try query.sort.map { try number(of: $0.field) == index } ?? false
        }
        let rows = try statement(for: source, isInOrder: isInOrder)
        var found: [(place: SortPlace, found: HostReply.Found)] = []
        var scanned = 0
        while try rows.next() {
            scanned += 1
            guard scanned <= query.scannedMax else {
                rows.reset()
                let isIndexed = try query.indexField.map { try number(of: $0) != nil }
                return .scanned(query.scannedMax, isIndexed: isIndexed ?? false)
            }
            guard let next = try match(rows) else { continue }
            found.append(next)
            guard isInOrder, found.count == query.limit else { continue }
            rows.reset()
            break
        }
        if !isInOrder { found = ordered(found) }
        return .documents(found.prefix(query.limit).map(\.found))
    }

    /// A document that is wanted and comes after the page before.
    private func match(
        _ row: PreparedStatement
    ) throws -> (place: SortPlace, found: HostReply.Found)? {
        let body = try JSONValue(row.lentBytes(2))
        guard query.matches(body) else { return nil }
        let id = row.text(0)
        var place = SortPlace(key: IndexKey(stored: []), id: id)
        if let sort = query.sort {
            guard let key = sort.key(of: body) else { return nil }
            place.key = key
            if let last = query.place, !sort.isBefore(last, place) { return nil }
        } else if let last = query.after, !last.utf8.lexicographicallyPrecedes(id.utf8) {
            return nil
        }
        return (
            place,
            HostReply.Found(
                path: "\(query.collection)/\(id)", version: row.int64(1), body: row.bytes(2))
        )
    }

    private func ordered(
        _ found: [(place: SortPlace, found: HostReply.Found)]
    ) -> [(place: SortPlace, found: HostReply.Found)] {
        found.sorted { left, right in
            guard let sort = query.sort else {
                return left.place.id.utf8.lexicographicallyPrecedes(right.place.id.utf8)
            }
            return sort.isBefore(left.place, right.place)
        }
    }

    // MARK: what to look through

    private func source() throws -> Source {
        var ranges: [(index: Int64, range: KeyRange)] = []
        for filter in query.filters {
            guard let range = filter.keyRange, let index = try number(of: filter.path) else {
                continue
            }
            ranges.append((index, range))
        }
        if let sort = query.sort, let index = try number(of: sort.field) {
            let range = ranges.lazy.filter { $0.index == index }.map(\.range)
                .reduce(KeyRange.all) { $0.clamped(to: $1) }
            return .values(index: index, range)
        }
        if let single = ranges.first(where: \.range.isSingle) {
            return .value(index: single.index, single.range.first)
        }
        guard let first = ranges.first else { return .collection }
        return .values(index: first.index, first.range)
    }

    /// The whole index of a field of the collection, if there is one.
    private func number(of field: [String]) throws -> Int64? {
        let select = try PreparedStatement(
            cached: """
                SELECT number, collection FROM indexes
                WHERE field = ? AND declared = 1 AND whole = 1
                """, db)
        select.bind(1, field.joined(separator: "."))
        while try select.next() {
            let declaration = IndexDeclaration(collection: select.text(1), field: "")
            guard declaration.covers(query.collection) else { continue }
            let number = select.int64(0)
            select.reset()
            return number
        }
        return nil
    }

    /// One more than may be looked at says that there are more.
    private var rowsMax: Int { query.scannedMax + 1 }

    private func statement(for source: Source, isInOrder: Bool) throws -> PreparedStatement {
        guard let range = source.range else {
            let select = try PreparedStatement(
                cached: """
                    SELECT id, version, body FROM documents
                    WHERE tenant = ? AND collection = ? AND id > ? ORDER BY id LIMIT ?
                    """, db)
            select.bind(1, Event.defaultTenant)
            select.bind(2, query.collection)
            select.bind(3, query.sort == nil ? query.after ?? "" : "")
            select.bind(4, rowsMax)
            return select
        }
        let bounds = bounds(of: source, range.keys, isInOrder: isInOrder)
        let order = query.sort?.isDescending == true ? "DESC" : "ASC"
        let select = try PreparedStatement(
            cached: """
                SELECT entries.id, documents.version, documents.body FROM entries CROSS JOIN
                documents ON documents.tenant = entries.tenant
                AND documents.collection = entries.collection AND documents.id = entries.id
                WHERE entries.number = ?1 AND entries.tenant = ?2 AND entries.collection = ?3
                AND \(bounds.condition)
                ORDER BY entries.value \(order), entries.id \(order) LIMIT ?7
                """, db)
        select.bind(1, range.index)
        select.bind(2, Event.defaultTenant)
        select.bind(3, query.collection)
        select.bind(4, bounds.keys.first.bytes)
        select.bind(5, bounds.keys.last.bytes)
        select.bind(6, bounds.id)
        select.bind(7, rowsMax)
        return select
    }

    /// Which entries of an index are looked through.
    private struct Bounds {
        var keys: KeyRange
        /// Where one value's entries are left or begun with.
        var id = ""
        var condition = "entries.value >= ?4 AND entries.value <= ?5"
    }

    /// What comes in order begins right after the page before, also in the midst of equal values.
    private func bounds(of source: Source, _ keys: KeyRange, isInOrder: Bool) -> Bounds {
        var bounds = Bounds(keys: keys)
        if source.isOfOneValue {
            bounds.id = query.sort == nil ? query.after ?? "" : ""
            bounds.condition = "entries.value = ?4 AND entries.id > ?6"
        }
        guard isInOrder, let sort = query.sort, let last = query.place else { return bounds }
        if sort.isDescending, last.key <= keys.last {
            bounds.keys.last = last.key
            bounds.condition =
                "entries.value >= ?4 AND (entries.value, entries.id) < (?5, ?6)"
        } else if !sort.isDescending, last.key >= keys.first {
            bounds.keys.first = last.key
            bounds.condition =
                "(entries.value, entries.id) > (?4, ?6) AND entries.value <= ?5"
        } else {
            return bounds
        }
        bounds.id = last.id
        return bounds
    }
}

extension DocumentFinding.Source {
    fileprivate var isOfOneValue: Bool {
        if case .value = self { true } else { false }
    }

    fileprivate var range: (index: Int64, keys: KeyRange)? {
        switch self {
        case .collection: nil
        case .value(let index, let key): (index, KeyRange(first: key, last: key))
        case .values(let index, let keys): (index, keys)
        }
    }
}
