import Contract

extension Attempt {
    /// A document as it is committed, or nil; whichever it is joins the read set.
    func look(at path: String) async throws -> HostReply.Found? {
        try requireOpen("get(\"\(path)\")")
        let found = try await host.ask(.document(path: path), for: self).first
        let version = found?.version ?? 0
        try withRecord { try $0.saw(path, version: version) }
        return version == 0 ? nil : found
    }

    /// Documents as they are committed; each joins the read set.
    func list(_ collection: String, after: String?, limit: Int) async throws -> [HostReply.Found] {
        try requireOpen("list(\"\(collection)\")")
        guard withRecord({ !$0.hasWritten(in: collection) }) else {
            throw ReadAfterWrite(path: collection)
        }
        return try await documents(.list(collection: collection, after: after, limit: limit))
    }

    /// Documents that every filter wants; each joins the read set, the others do not.
    func query(
        _ collection: String, _ filters: [String], sort: String?, after: String?, limit: Int
    ) async throws -> [HostReply.Found] {
        try requireOpen("query(\"\(collection)\")")
        guard withRecord({ !$0.hasWritten(in: collection) }) else {
            throw ReadAfterWrite(path: collection)
        }
        return try await documents(
            .query(
                collection: collection, filters: filters, sort: sort, after: after, limit: limit))
    }

    private func documents(_ question: WorkerRead) async throws -> [HostReply.Found] {
        let found = try await host.ask(question, for: self)
        try withRecord { record in
            for document in found { try record.saw(document.path, version: document.version) }
        }
        return found
    }

    /// A document as this attempt would leave it, or nil where it would be none.
    func body(of path: String) async throws -> [UInt8]? {
        let writes = withRecord { $0.writes(to: path) }
        let last = writes.lastIndex { if case .merge = $0 { false } else { true } }
        var body: [UInt8]?
        if let last {
            if case .put(_, let written) = writes[last] { body = written }
        } else {
            body = try await look(at: path)?.body
        }
        for write in writes[(last.map { $0 + 1 } ?? 0)...] {
            guard case .merge(_, let patch, let operations) = write else { continue }
            do {
                body = try DocumentMerge.merged(
                    body, patch: patch, operations: operations,
                    bytesMax: host.limits.documentBytesMax)
            } catch {
                throw ContextError.unmergeable(path: path, reason: error.description)
            }
        }
        return body
    }

    /// Whether there would be a document if this attempt were committed now.
    func exists(_ path: String) async throws -> Bool {
        switch withRecord({ $0.writes(to: path).last }) {
        case nil: try await look(at: path) != nil
        case .delete?: false
        case .put?, .merge?, .publish?, .send?, .schedule?, .unschedule?, .file?: true
        }
    }

    private func requireOpen(_ what: String) throws(ContextError) {
        switch withRecord({ $0.stage }) {
        case .open: break
        case .committed: throw .afterCommit(what: what)
        case .ended: throw .attemptEnded(what: what)
        }
    }
}

extension Context {
    /// The documents of a collection.
    public subscript<Document>(
        _ collection: DocumentCollection<Document>
    ) -> CollectionRepository<Document> {
        CollectionRepository(path: collection.name, context: self)
    }

    /// The documents of a collection that the document `parent` has for itself.
    public subscript<Document, Parent>(
        _ collection: Subcollection<Document, Parent>, in parent: String
    ) -> SubcollectionRepository<Document, Parent> {
        let path = "\(collection.parent)/\(parent)/\(collection.name)"
        return CollectionRepository(path: path, context: self)
    }

    /// The documents of a collection whose path is known at run time only.
    public func collection<Document>(
        _ path: String, of type: Document.Type
    ) -> CollectionRepository<Document> {
        CollectionRepository(path: path, context: self)
    }
}
