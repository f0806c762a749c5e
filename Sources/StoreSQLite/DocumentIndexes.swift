import Contract
import GRDB
import Invocations

/// The entries by which queries find and sort documents, written by the commits that change these.
///
/// A new index of an existing collection is filled in steps, and one that is declared no more is
/// emptied so; queries use it while it is whole. One that comes back is a new one.
final class DocumentIndexes {
    private var known: [Index] = []
    private let select: PreparedStatement
    private let declare: PreparedStatement
    private let retire: PreparedStatement
    private let move: PreparedStatement
    private let drop: PreparedStatement
    private let insert: PreparedStatement
    private let remove: PreparedStatement
    private let empty: PreparedStatement
    private let documents: PreparedStatement

    private struct Index {
        var number: Int64
        var declaration: IndexDeclaration
        var path: [String]
        var isDeclared: Bool
        var isWhole: Bool
        var filled: (collection: String, id: String)
    }

    init(_ db: Database) throws {
        select = try PreparedStatement(
            """
            SELECT number, collection, field, declared, whole, filled_collection, filled_id
            FROM indexes ORDER BY number
            """, db)
        declare = try PreparedStatement(
            """
            INSERT INTO indexes (collection, field, declared, whole, filled_collection, filled_id)
            VALUES (?, ?, 1, 0, ?, '')
            """, db)
        retire = try PreparedStatement(
            "UPDATE indexes SET declared = 0, whole = 0 WHERE number = ?", db)
        move = try PreparedStatement(
            """
            UPDATE indexes SET whole = ?2, filled_collection = ?3, filled_id = ?4 WHERE number = ?1
            """, db)
        drop = try PreparedStatement("DELETE FROM indexes WHERE number = ?", db)
        insert = try PreparedStatement(
            """
            INSERT OR IGNORE INTO entries (number, tenant, collection, value, id)
            VALUES (?, ?, ?, ?, ?)
            """, db)
        remove = try PreparedStatement(
            """
            DELETE FROM entries
            WHERE number = ? AND tenant = ? AND collection = ? AND value = ? AND id = ?
            """, db)
        empty = try PreparedStatement(
            """
            DELETE FROM entries WHERE (number, tenant, collection, value, id) IN (
            SELECT number, tenant, collection, value, id FROM entries WHERE number = ? LIMIT ?)
            """, db)
        documents = try PreparedStatement(
            """
            SELECT collection, id, body FROM documents
            WHERE tenant = ? AND (collection, id) > (?, ?) ORDER BY collection, id LIMIT ?
            """, db)
        try load()
    }

    private func load() throws {
        known = []
        while try select.next() {
            let declaration = IndexDeclaration(
                collection: select.text(1), field: select.text(2))
            known.append(
                Index(
                    number: select.int64(0), declaration: declaration, path: declaration.path,
                    isDeclared: select.int(3) == 1, isWhole: select.int(4) == 1,
                    filled: (select.text(5), select.text(6))))
        }
    }

    /// Makes known what a starting host's app declares.
    func register(_ declarations: [IndexDeclaration]) throws {
        let wanted = Set(declarations)
        let found = Set(known.lazy.filter(\.isDeclared).map(\.declaration))
        for index in known where index.isDeclared && !wanted.contains(index.declaration) {
            retire.bind(1, index.number)
            try retire.run()
        }
        for declaration in declarations where !found.contains(declaration) {
            declare.bind(1, declaration.collection)
            declare.bind(2, declaration.field)
            declare.bind(3, declaration.top)
            try declare.run()
        }
        if wanted != found { try load() }
    }

    /// Writes what a change of a document changes of its entries.
    func update(_ path: DocumentPath, before: [UInt8]?, after: [UInt8]?) throws {
        for index in known where index.isDeclared && index.declaration.covers(path.collection) {
            let (old, new) = (key(of: before, index), key(of: after, index))
            guard old != new else { continue }
            if let old { try run(remove, index, path, old) }
            if let new { try run(insert, index, path, new) }
        }
    }

    /// Goes on to fill or to empty one index; true where more is to be done.
    func step(rowsMax: Int) throws -> Bool {
        try load()
        if let index = known.first(where: { !$0.isDeclared }) {
            empty.bind(1, index.number)
            empty.bind(2, rowsMax)
            if try empty.runCounting() < rowsMax {
                drop.bind(1, index.number)
                try drop.run()
                try load()
            }
            return true
        }
        guard let index = known.first(where: { !$0.isWhole }) else { return false }
        try fill(index, rowsMax: rowsMax)
        return true
    }

    private func fill(_ index: Index, rowsMax: Int) throws {
        documents.bind(1, Event.defaultTenant)
        documents.bind(2, index.filled.collection)
        documents.bind(3, index.filled.id)
        documents.bind(4, rowsMax)
        var found: [(path: DocumentPath, key: IndexKey?)] = []
        var isWhole = true
        while try documents.next() {
            let path = DocumentPath(documents.text(0) + "/" + documents.text(1))
            guard path.collection.hasPrefix(index.declaration.top) else { break }
            let isCovered = index.declaration.covers(path.collection)
            found.append((path, isCovered ? key(of: documents.bytes(2), index) : nil))
        }
        documents.reset()
        isWhole = found.count < rowsMax
        for case (let path, let key?) in found { try run(insert, index, path, key) }
        let last = found.last?.path
        move.bind(1, index.number)
        move.bind(2, isWhole ? 1 : 0)
        move.bind(3, last?.collection ?? index.filled.collection)
        move.bind(4, last?.id ?? index.filled.id)
        try move.run()
        try load()
    }

    private func key(of body: [UInt8]?, _ index: Index) -> IndexKey? {
        body?.withUnsafeBytes { bytes in
            // What is stored was checked.
            (try? JSONValue(bytes)).flatMap { IndexKey(of: $0, at: index.path) }
        }
    }

    private func run(
        _ statement: PreparedStatement, _ index: Index, _ path: DocumentPath, _ key: IndexKey
    ) throws {
        statement.bind(1, index.number)
        statement.bind(2, path.tenant)
        statement.bind(3, path.collection)
        statement.bind(4, key.bytes)
        statement.bind(5, path.id)
        try statement.run()
    }
}

extension IndexDeclaration {
    /// The first part of the collections that it holds.
    fileprivate var top: String { String(collection.prefix { $0 != "/" }) }
}
