import Contract
import GRDB
import Invocations

/// Documents: bytes at a path, each with a version from one sequence of the store.
final class Documents {
    private let ledger: Ledger
    private let indexes: DocumentIndexes
    private let bytesMax: Int
    private let version: PreparedStatement
    private let body: PreparedStatement
    private let put: PreparedStatement
    private let delete: PreparedStatement

    init(
        _ db: Database, _ ledger: Ledger, _ indexes: DocumentIndexes, bytesMax: Int
    ) throws {
        self.ledger = ledger
        self.indexes = indexes
        self.bytesMax = bytesMax
        let place = "WHERE tenant = ? AND collection = ? AND id = ?"
        version = try PreparedStatement("SELECT version FROM documents \(place)", db)
        body = try PreparedStatement("SELECT version, body FROM documents \(place)", db)
        put = try PreparedStatement(
            """
            INSERT INTO documents (tenant, collection, id, version, body) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (tenant, collection, id)
            DO UPDATE SET version = excluded.version, body = excluded.body
            """, db)
        delete = try PreparedStatement("DELETE FROM documents \(place)", db)
    }

    /// The paths among `reads` whose documents have other versions by now.
    func stale(_ reads: [DocumentRead]) throws -> [String] {
        var stale: [String] = []
        for read in reads {
            version.bind(DocumentPath(read.path))
            let found = try version.next() ? version.int64(0) : 0
            version.reset()
            if found != read.version { stale.append(read.path) }
        }
        return stale
    }

    /// What a document becomes; decided before anything is written.
    struct Planned {
        var path: DocumentPath
        var before: StoredDocument?
        /// Nil for one that is deleted.
        var body: [UInt8]?
        /// The version it will have, 0 where there is nothing to delete.
        var version: Int64
    }

    /// The writes one after the other, each on what those before it make of its document.
    func plan(_ writes: [ConditionalWrite]) throws -> Result<[Planned], Refusal> {
        var planned: [Planned] = []
        var latest: [[UInt8]: Int] = [:]
        var next = ledger.entries.version
        for write in writes {
            let path = write.write.path
            let name = Array(path.utf8)
            let before = try latest[name].map { planned[$0].stored } ?? stored(at: path)
            let found = before?.version ?? 0
            if let expected = write.ifVersion, expected != found {
                return .failure(.versionMismatch(path: path, found: found))
            }
            var result = Planned(
                path: DocumentPath(path), before: before, body: nil, version: 0)
            switch write.write {
            case .put(_, let body): result.body = body
            case .merge(_, let patch, let operations):
                do throws(MergeError) {
                    result.body = try DocumentMerge.merged(
                        before?.body, patch: patch, operations: operations, bytesMax: bytesMax)
                } catch {
                    return .failure(.unmergeable(path: path, reason: "\(error)"))
                }
            case .delete: break
            }
            if result.body != nil || before != nil {
                next += 1
                result.version = next
            }
            latest[name] = planned.count
            planned.append(result)
        }
        return .success(planned)
    }

    /// Writes what was planned against the documents as they are.
    func apply(_ planned: [Planned]) throws {
        for write in planned where write.version != 0 {
            let version = ledger.nextVersion()
            assert(version == write.version, "nothing was written since it was planned")
            try indexes.update(write.path, before: write.before?.body, after: write.body)
            guard let body = write.body else {
                delete.bind(write.path)
                try delete.run()
                continue
            }
            put.bind(write.path)
            put.bind(4, version)
            try body.withUnsafeBytes { body in
                put.lend(5, body)
                try put.run()
            }
        }
    }

    private func stored(at path: String) throws -> StoredDocument? {
        body.bind(DocumentPath(path))
        guard try body.next() else { return nil }
        defer { body.reset() }
        return StoredDocument(version: body.int64(0), body: body.bytes(1))
    }
}

extension [Documents.Planned] {
    /// What is told of them; deleting what was not there changes nothing.
    var changes: [ChangedDocument] {
        filter { $0.version != 0 }.map {
            ChangedDocument(
                path: $0.path.text, before: $0.before, after: $0.body, version: $0.version)
        }
    }
}

extension Documents.Planned {
    fileprivate var stored: StoredDocument? {
        body.map { StoredDocument(version: version, body: $0) }
    }
}

/// A path as its columns: all before the last slash is the collection.
struct DocumentPath {
    var tenant = Event.defaultTenant
    var collection: String
    var id: String

    /// The whole path.
    var text: String { collection + "/" + id }

    init(_ path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        collection = slash.map { String(path[..<$0]) } ?? ""
        id = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
    }
}

extension PreparedStatement {
    /// Binds the first three places.
    func bind(_ path: DocumentPath) {
        bind(1, path.tenant)
        bind(2, path.collection)
        bind(3, path.id)
    }
}
