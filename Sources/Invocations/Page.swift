package import Contract

/// The answer to a question.
package enum Page: Sendable {
    case invocation(InvocationDetail?)
    /// Where `next` is set the list goes on there, even after a page that is short or empty: a store
    /// looks at so many rows for one page.
    case invocations([InvocationSummary], next: InvocationNumber?)
    case event(EventDetail?)
    /// Goes on at `next` as a list of invocations does.
    case events([EventSummary], next: EventNumber?)
    case status(StoreStatus)
    case documents([HostReply.Found])
    /// So many were looked at for a page, and it is not full: more would take too long. Where the
    /// query's `indexField` has an index that is whole, another one would not help.
    case scanned(Int, isIndexed: Bool)
    case response(StoredResponse?)
    case files([FileRow])
    case placements([Placement])
    case schedules([ScheduleRow])
    case firings([FiringRow])
}

/// An invocation as a list shows it.
package struct InvocationSummary: Sendable, Equatable {
    /// The identifier that people and handlers see.
    package var id: EventID
    /// Its row, by which the list goes on.
    package var number: InvocationNumber
    /// What it is owed for.
    package var event: EventID
    /// Whom it is owed to.
    package var function: FunctionNumber
    /// Where it stands.
    package var state: InvocationState
    /// Charged attempts.
    package var charged: Int
    /// All runs, charged or not.
    package var runs: Int
    /// When its event was accepted.
    package var acceptedAt: Instant
    /// When it runs next; nil unless it waits for that.
    package var dueAt: Instant?
    /// When its last run began; nil before the first.
    package var startedAt: Instant?
    /// When it succeeded, was cancelled or died; nil while it is owed.
    package var finishedAt: Instant?
    /// What went wrong last.
    package var error: String?

    /// One that has not run, unless it says otherwise.
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
    /// As a list shows it.
    package var summary: InvocationSummary
    /// The attempts, the oldest first.
    package var history: [AttemptRecord]

    /// As a store found them.
    package init(summary: InvocationSummary, history: [AttemptRecord]) {
        self.summary = summary
        self.history = history
    }
}

/// One attempt that ended.
package struct AttemptRecord: Sendable, Equatable {
    /// Counts all runs, from 1.
    package var number: Int
    /// `Outcome.name`.
    package var outcome: String
    /// What went wrong; nil where nothing did.
    package var error: String?
    /// When the handler began.
    package var beganAt: Instant
    /// When its end was known.
    package var endedAt: Instant
    /// The worker's process identifier, 0 where there was none.
    package var worker: Int32
    /// What else there is to know of it, such as an effect dropped for its key.
    package var note: String?
    /// What it answered, under `.accept`, where nobody waited for it; nil where it answered nothing.
    package var response: ResponseData?

    /// As the history has it.
    package init(
        number: Int, outcome: String, error: String?, beganAt: Instant, endedAt: Instant,
        worker: Int32,
        note: String? = nil, response: ResponseData? = nil
    ) {
        self.number = number
        self.outcome = outcome
        self.error = error
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.worker = worker
        self.note = note
        self.response = response
    }
}

/// An event with what is owed for it.
package struct EventDetail: Sendable, Equatable {
    /// With its data.
    package var event: Event
    /// In the order of their ordinals.
    package var invocations: [InvocationSummary]

    /// As a store found them.
    package init(event: Event, invocations: [InvocationSummary]) {
        self.event = event
        self.invocations = invocations
    }
}

/// Counts of everything: `recorded` is the sum of all the others.
package struct StoreStatus: Sendable, Equatable {
    /// Invocations by state.
    package struct Counts: Sendable, Equatable {
        /// A state that is absent has none.
        package var byState: [InvocationState: Int]

        /// Counts nothing, unless it says otherwise.
        package init(byState: [InvocationState: Int] = [:]) { self.byState = byState }

        /// How many are in a state.
        package subscript(state: InvocationState) -> Int {
            get { byState[state] ?? 0 }
            set { byState[state] = newValue }
        }
    }

    /// Invocations ever recorded.
    package var recorded: Int
    /// Invocations that were forgotten, dead letters included.
    package var pruned: Int
    /// Those that are there.
    package var counts: Counts
    /// What is owed and dead, by function.
    package var functions: [FunctionNumber: Counts]
    /// The store's file, without its log.
    package var fileBytes: Int
    /// The write-ahead log.
    package var walBytes: Int

    /// A store that has no files, unless it says otherwise.
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
