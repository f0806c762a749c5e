package import Contract

/// A question to a store, answered from what is committed.
package enum Query: Sendable, Equatable {
    case invocation(EventID)
    /// The newest first.
    case invocations(InvocationFilter)
    case event(EventID)
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
    /// What became of a schedule's instants, the newest first.
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

    /// Why it is given up after so many documents, with the declaration that cures it.
    package var scannedText: String {
        let field = (sort?.field ?? filters.lazy.filter { $0.keyRange != nil }.first?.path)?
            .joined(separator: ".")
        let cure = field.map {
            "; declare an index among the app's triggers: .collection(\"\(collection)\", index: \"\($0)\")"
        }
        return
            "the query looked at \(scannedMax) documents of \"\(collection)\", which is the most, "
            + "and its page is not full" + (cure ?? "; ask for fewer at once with limit")
    }
}

/// Which invocations to list.
package struct InvocationFilter: Sendable, Equatable {
    package var state: InvocationState?
    package var function: FunctionNumber?
    package var event: EventID?
    /// Only those with a smaller number: the place where the page before ended.
    package var before: InvocationNumber?
    package var limit: Int

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

/// The answer to a question.
package enum Page: Sendable {
    case invocation(InvocationDetail?)
    /// Where `next` is set the list goes on there, even after a page that is short or empty: a store
    /// looks at so many rows for one page.
    case invocations([InvocationSummary], next: InvocationNumber?)
    case event(EventDetail?)
    case status(StoreStatus)
    case documents([HostReply.Found])
    /// So many were looked at for a page, and it is not full: more would take too long.
    case scanned(Int)
    case response(StoredResponse?)
    case files([FileRow])
    case placements([Placement])
    case schedules([ScheduleRow])
    case firings([FiringRow])
}

/// An invocation as a list shows it.
package struct InvocationSummary: Sendable, Equatable {
    package var id: EventID
    package var number: InvocationNumber
    package var event: EventID
    package var function: FunctionNumber
    package var state: InvocationState
    /// Charged attempts.
    package var charged: Int
    package var runs: Int
    package var acceptedAt: Instant
    package var dueAt: Instant?
    package var startedAt: Instant?
    package var finishedAt: Instant?
    package var error: String?

    package init(
        id: EventID, number: InvocationNumber, event: EventID, function: FunctionNumber,
        state: InvocationState, charged: Int, runs: Int, acceptedAt: Instant, dueAt: Instant? = nil,
        startedAt: Instant? = nil, finishedAt: Instant? = nil, error: String? = nil
    ) {
        self.id = id
        self.number = number
        self.event = event
        self.function = function
        self.state = state
        self.charged = charged
        self.runs = runs
        self.acceptedAt = acceptedAt
        self.dueAt = dueAt
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.error = error
    }
}

/// An invocation with all its attempts; one that succeeded at once has a single one.
package struct InvocationDetail: Sendable, Equatable {
    package var summary: InvocationSummary
    package var history: [AttemptRecord]

    package init(summary: InvocationSummary, history: [AttemptRecord]) {
        self.summary = summary
        self.history = history
    }
}

/// One attempt that ended.
package struct AttemptRecord: Sendable, Equatable {
    package var number: Int
    /// `Outcome.name`.
    package var outcome: String
    package var error: String?
    package var beganAt: Instant
    package var endedAt: Instant
    package var worker: Int32
    package var note: String?

    package init(
        number: Int, outcome: String, error: String?, beganAt: Instant, endedAt: Instant,
        worker: Int32,
        note: String? = nil
    ) {
        self.number = number
        self.outcome = outcome
        self.error = error
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.worker = worker
        self.note = note
    }
}

/// An event with what is owed for it.
package struct EventDetail: Sendable, Equatable {
    package var event: Event
    package var invocations: [InvocationSummary]

    package init(event: Event, invocations: [InvocationSummary]) {
        self.event = event
        self.invocations = invocations
    }
}

/// Counts of everything: `recorded` is the sum of all the others.
package struct StoreStatus: Sendable, Equatable {
    package struct Counts: Sendable, Equatable {
        package var byState: [InvocationState: Int]

        package init(byState: [InvocationState: Int] = [:]) { self.byState = byState }

        package subscript(state: InvocationState) -> Int {
            get { byState[state] ?? 0 }
            set { byState[state] = newValue }
        }
    }

    /// Invocations ever recorded.
    package var recorded: Int
    package var pruned: Int
    package var counts: Counts
    /// What is owed and dead, by function.
    package var functions: [FunctionNumber: Counts]
    package var fileBytes: Int
    package var walBytes: Int

    package init(
        recorded: Int, pruned: Int, counts: Counts, functions: [FunctionNumber: Counts],
        fileBytes: Int = 0,
        walBytes: Int = 0
    ) {
        self.recorded = recorded
        self.pruned = pruned
        self.counts = counts
        self.functions = functions
        self.fileBytes = fileBytes
        self.walBytes = walBytes
    }
}
