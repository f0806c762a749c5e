package import Contract

extension Query {
    /// What a handler asks, as a store is asked it.
    ///
    /// - Throws: `DocumentFilterError` or `DocumentSortError` where a text is none.
    package init(_ question: WorkerRead) throws {
        switch question {
        case .document(let path): self = .document(path: path)
        case .list(let collection, let after, let limit):
            self = .documents(collection: collection, after: after, limit: limit)
        case .query(let collection, let texts, let sort, let after, let limit):
            var filters: [DocumentFilter] = []
            for text in texts { filters.append(try DocumentFilter(text)) }
            self = .documentsWhere(
                DocumentQuery(
                    collection: collection, filters: filters,
                    sort: try sort.map { try DocumentSort($0) }, after: after, limit: limit))
        }
    }
}
