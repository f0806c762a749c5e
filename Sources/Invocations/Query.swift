package import Contract

/// A question to a store, answered from what is committed.
package enum Query: Sendable, Equatable {
    case invocation(EventID)
    /// The newest first.
    case invocations(InvocationFilter)
    case event(EventID)
    /// The newest first.
    case events(EventFilter)
    case status
    case document(path: String)
    /// The documents directly in a collection, by identifier.
    case documents(collection: String, after: String?, limit: Int)
    /// Those of them that are wanted.
    case documentsWhere(DocumentQuery)
    case response(keyHash: [UInt8])
    /// The announced files of a bucket, by key, those after one.
    case files(bucket: String, after: String?, limit: Int)
    /// Those of these files that were announced.
    case filesAt(bucket: String, keys: [String])
    /// The files that are on their way to buckets, in the order of their commits.
    case placements(after: Int64, limit: Int)
    case schedule(name: String)
    /// By name, those after one.
    case schedules(after: String?, limit: Int)
    /// What became of a schedule's instants, what was decided last first.
    case firings(schedule: String, limit: Int)
}

extension Query {
    /// The documents that one page of a query looks at; the rest of them asks for an index, or for
    /// a smaller collection.
    package static let scannedMax = 10_000

}

/// Which documents directly in a collection are wanted, and in which order.
package struct DocumentQuery: Sendable, Equatable {
    /// Its path.
    package var collection: String
    /// Every one has to fit.
    package var filters: [DocumentFilter]
    /// Nil for the order of the identifiers.
    package var sort: DocumentSort?
    /// Where the page before ended: an identifier, or the text of a place in a sorted list.
    package var after: String?
    /// How many a page has at most.
    package var limit: Int
    /// What one page looks at.
    package var scannedMax: Int

    /// Without a sort, documents come by identifier.
    package init(
        collection: String, filters: [DocumentFilter] = [], sort: DocumentSort? = nil,
        after: String? = nil, limit: Int, scannedMax: Int = Query.scannedMax
    ) {
        self.collection = collection
        self.filters = filters
        self.sort = sort
        self.after = after
        self.limit = limit
        self.scannedMax = scannedMax
    }

    /// The place where the page before ended; nil at the first page.
    package var place: SortPlace? { sort == nil ? nil : after.flatMap { SortPlace($0) } }

    /// Where the page ends whose last document this is.
    package func place(of found: HostReply.Found) -> String? {
        let id = String(found.path.dropFirst(collection.utf8.count + 1))
        guard let sort else { return id }
        return sort.place(of: found.body, id: id)?.text
    }

    /// True where every filter wants the document.
    package func matches(_ document: JSONValue) -> Bool {
        filters.allSatisfy { $0.matches(document) }
    }

    /// The field whose index would help most, as the names on the way to it; nil where none would.
    package var indexField: [String]? {
        sort?.field ?? filters.lazy.filter { $0.keyRange != nil }.first?.path
    }

    /// Why it is given up after so many documents, with what cures it.
    ///
    /// - Parameter isIndexed: true where `indexField` has its index already.
    package func scannedText(isIndexed: Bool) -> String {
        var cure = "; ask for fewer at once with limit"
        if let field = indexField?.joined(separator: ".") {
            cure =
                isIndexed
                ? "; \"\(field)\" has an index, and more has to be known than it tells: narrow the "
                    + "query by that field, or ask for fewer at once with limit"
                : "; declare an index among the app's triggers: "
                    + ".collection(\"\(collection)\", index: \"\(field)\")"
        }
        return
            "the query looked at \(scannedMax) documents of \"\(collection)\", which is the most, "
            + "and there may be more" + cure
    }
}

/// Which invocations to list.
package struct InvocationFilter: Sendable, Equatable {
    /// Where they stand; nil for any state.
    package var state: InvocationState?
    /// Whom they are owed to; nil for any function.
    package var function: FunctionNumber?
    /// What they are owed for; nil for any event.
    package var event: EventID?
    /// Only those with a smaller number: the place where the page before ended.
    package var before: InvocationNumber?
    /// How many a page has at most.
    package var limit: Int

    /// The newest 50 of all, unless it says otherwise.
    package init(
        state: InvocationState? = nil, function: FunctionNumber? = nil, event: EventID? = nil,
        before: InvocationNumber? = nil, limit: Int = 50
    ) {
        self.state = state
        self.function = function
        self.event = event
        self.before = before
        self.limit = limit
    }
}
