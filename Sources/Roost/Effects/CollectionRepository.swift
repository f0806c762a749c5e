import Contract

/// The documents of a collection, as a handler reads and writes them.
///
/// Reads go to the host and see what is committed; what they saw is checked again at the commit.
/// Writes wait for the commit, and a document that the attempt wrote is read as it wrote it.
public struct CollectionRepository<Document: Codable & Sendable>: Sendable {
    /// The path of the collection: "orders", or "orders/o-1/notes".
    public let path: String
    let context: Context

    /// The document, or nil where there is none.
    public func get(_ id: String) async throws -> Document? {
        let path = try documentPath(id)
        return try await context.running.body(of: path).map { try decoded($0, path) }
    }

    /// The document and its version, or nil where there is none.
    ///
    /// Throws `ReadAfterWrite` where the attempt wrote it: it will have a version once that is
    /// committed.
    public func versioned(_ id: String) async throws -> Versioned<Document>? {
        let path = try documentPath(id)
        guard context.running.withRecord({ $0.writes(to: path).isEmpty }) else {
            throw ReadAfterWrite(path: path)
        }
        guard let found = try await context.running.look(at: path) else { return nil }
        return Versioned(id: id, document: try decoded(found.body, path), version: found.version)
    }

    /// Documents in the order of their identifiers.
    ///
    /// Throws `ReadAfterWrite` where the attempt wrote to the collection.
    ///
    /// - Parameters:
    ///   - after: the last identifier of the page before; nil begins at the first.
    ///   - limit: 1 to 1000; throws where those found have over 8 MiB together.
    public func list(
        after: String? = nil, limit: Int = 100
    ) async throws -> DocumentPage<Document> {
        try context.check(path, as: .collectionPath)
        guard (1...1000).contains(limit) else {
            throw ContextError.outOfRange(
                what: "the limit of a list", found: "\(limit)", expected: "1 to 1000")
        }
        return try page(
            try await context.running.list(path, after: after, limit: limit), limit: limit)
    }

    /// Documents that every filter wants, sorted by a field or else by their identifiers.
    ///
    /// A filter is a field, a comparison and a value: `state==open`, `total>=100`,
    /// `state in ["open","paid"]`. A page looks at 10,000 documents at most and throws beyond; an
    /// index spares looks: `.collection(orders, index: "state")` among the app's triggers. What
    /// a query did not give is not watched for changes: where that matters, keep it in a document.
    ///
    /// - Parameters:
    ///   - sort: a field, with "-" before it for the largest first; documents that have no text,
    ///     number, true, false or null there are left out. Nil sorts by identifier.
    ///   - after: `next` of the page before; nil begins at the first.
    ///   - limit: 1 to 1000; throws where those found have over 8 MiB together.
    public func query(
        _ filters: String..., sort: String? = nil, after: String? = nil, limit: Int = 100
    ) async throws -> DocumentPage<Document> {
        try context.check(path, as: .collectionPath)
        guard (1...1000).contains(limit) else {
            throw ContextError.outOfRange(
                what: "the limit of a query", found: "\(limit)", expected: "1 to 1000")
        }
        for filter in filters {
            do throws(DocumentFilterError) {
                _ = try DocumentFilter(filter)
            } catch {
                throw ContextError.invalidName(error.description)
            }
        }
        var order: DocumentSort?
        do throws(DocumentSortError) {
            order = try sort.map { text throws(DocumentSortError) in try DocumentSort(text) }
        } catch {
            throw ContextError.invalidName(error.description)
        }
        let found = try await context.running.query(
            path, filters, sort: sort, after: after, limit: limit)
        return try page(found, limit: limit, sort: order)
    }

    private func page(
        _ found: [HostReply.Found], limit: Int, sort: DocumentSort? = nil
    ) throws -> DocumentPage<Document> {
        let items = try found.map { found in
            // By bytes: a slash and a combining mark after it are one character.
            let id = String(decoding: found.path.utf8.dropFirst(path.utf8.count + 1), as: UTF8.self)
            return Versioned(
                id: id, document: try decoded(found.body, found.path), version: found.version)
        }
        guard items.count == limit, let last = items.last else {
            return DocumentPage(items: items, next: nil)
        }
        guard let sort else { return DocumentPage(items: items, next: last.id) }
        return DocumentPage(
            items: items, next: found.last.flatMap { sort.place(of: $0.body, id: last.id)?.text })
    }

    /// Writes a document, whatever was there before.
    public func put(_ document: Document, id: String) throws {
        let path = try documentPath(id)
        let body = try encoded(document)
        try context.add(.put(path: path, body: body))
    }

    /// Writes a document that has version `ifVersion` now; 0 stands for one that is not there.
    ///
    /// Throws `VersionMismatch` where it has another one. Where it changes before the commit, the
    /// handler runs again.
    public func put(_ document: Document, id: String, ifVersion: Int64) async throws {
        try await require(ifVersion, at: try documentPath(id))
        try put(document, id: id)
    }

    /// Writes a document that is not there yet; throws `AlreadyExists` where it is.
    public func create(_ document: Document, id: String) async throws {
        let path = try documentPath(id)
        guard try await !context.running.exists(path) else { throw AlreadyExists(path: path) }
        try put(document, id: id)
    }

    /// Changes the members that `patch` has and leaves the others (RFC 7396). Reads nothing, so it
    /// can't conflict.
    ///
    /// A member that `patch` encodes as null is taken away. What is nil is not encoded at all where
    /// Swift wrote the type's coding, and stays: `merge(["note": .remove], id: id)` takes it away.
    public func merge(_ patch: some Encodable, id: String) throws {
        try merge(patch: try encoded(patch), operations: [], id: id)
    }

    /// Changes the named members and leaves the others: `["total": .increment(5)]`. Reads nothing,
    /// so it can't conflict.
    public func merge(_ changes: [String: MemberChange], id: String) throws {
        let (patch, operations) = try MemberChange.split(changes)
        try merge(patch: patch, operations: operations, id: id)
    }

    /// Takes a document away, if it is there.
    public func delete(_ id: String) throws {
        let path = try documentPath(id)
        try context.add(.delete(path: path))
    }

    /// Takes a document away that has version `ifVersion` now; throws `VersionMismatch` where it
    /// has another one.
    public func delete(_ id: String, ifVersion: Int64) async throws {
        try await require(ifVersion, at: try documentPath(id))
        try delete(id)
    }
}

extension CollectionRepository where Document: Identifiable, Document.ID == String {
    /// Writes a document under its own identifier, whatever was there before.
    public func put(_ document: Document) throws { try put(document, id: document.id) }

    /// Writes a document that has version `ifVersion` now; 0 stands for one that is not there.
    public func put(_ document: Document, ifVersion: Int64) async throws {
        try await put(document, id: document.id, ifVersion: ifVersion)
    }

    /// Writes a document that is not there yet; throws `AlreadyExists` where it is.
    public func create(_ document: Document) async throws {
        try await create(document, id: document.id)
    }
}

extension CollectionRepository {
    private func documentPath(_ id: String) throws -> String {
        try context.check(id, as: .documentID)
        let path = "\(path)/\(id)"
        try context.check(path, as: .documentPath)
        return path
    }

    private func require(_ version: Int64, at path: String) async throws {
        guard context.running.withRecord({ $0.writes(to: path).isEmpty }) else {
            throw ReadAfterWrite(path: path)
        }
        let found = try await context.running.look(at: path)?.version ?? 0
        guard found == version else {
            throw VersionMismatch(path: path, expected: version, found: found)
        }
    }

    private func merge(patch: [UInt8], operations: [MergeOperation], id: String) throws {
        let path = try documentPath(id)
        let bytes = operations.reduce(path.utf8.count + patch.count) { $0 + $1.bytes }
        try context.check(
            size: bytes, "the merge of \"\(path)\"",
            max: context.running.host.limits.documentBytesMax)
        try context.add(.merge(path: path, patch: patch, operations: operations))
    }

    private func encoded(_ document: some Encodable) throws -> [UInt8] {
        let what = "a document of \"\(path)\""
        let max = context.running.host.limits.documentBytesMax
        let bytes = try context.encoded(document, what, max: max)
        guard bytes.first == UInt8(ascii: "{") else {
            throw ContextError.unencodable(what: what, reason: "it is no object")
        }
        return bytes
    }

    private func decoded(_ body: [UInt8], _ path: String) throws -> Document {
        try JSONCoding.decode(Document.self, from: body, named: path)
    }
}

/// The documents of a collection that one document of another collection has for itself: all that
/// can be done with a collection can be done with them.
public typealias SubcollectionRepository<Document, Parent> = CollectionRepository<Document>
where Document: Codable & Sendable, Parent: Codable & Sendable

/// A document with its identifier and its version.
public struct Versioned<Document: Sendable>: Sendable {
    /// The last part of its path.
    public let id: String
    /// The document as it is committed.
    public let document: Document
    /// Grows with every change of the document.
    public let version: Int64
}

/// Some of a collection's documents.
public struct DocumentPage<Document: Sendable>: Sendable {
    /// In the order of their identifiers.
    public let items: [Versioned<Document>]
    /// What to list the next page `after`; nil where this is the last.
    public let next: String?
}
