package import Contract

/// The end of an attempt and all that it asked for.
package struct Settling: Sendable {
    /// The run that ended; refused where its lease was lost.
    package var held: Held
    /// How it ended.
    package var ending: Ending
    /// What it wants written, in the same commit.
    package var effects: Effects

    /// An end without effects, unless it has some.
    package init(held: Held, ending: Ending, effects: Effects = Effects()) {
        self.held = held
        self.ending = ending
        self.effects = effects
    }
}

/// How an attempt ended, for the history, and what becomes of its invocation.
package struct Ending: Sendable, Equatable {
    /// What the attempt came to.
    package var outcome: Outcome
    /// What was decided about its invocation.
    package var settlement: Settlement
    /// When the handler began; where none did, when the end was known.
    package var beganAt: Instant
    /// When the end was known.
    package var endedAt: Instant
    /// The worker's process identifier, 0 where there was none.
    package var worker: Int32
    /// What the attempt should leave a note of, such as an effect dropped for its key.
    package var note: String?
    /// What it answered where nobody waited for it: kept with the attempt; a body that was not
    /// whole at once is not.
    package var response: ResponseData?

    /// An end outside of any worker, without a note, unless it says otherwise.
    package init(
        outcome: Outcome, settlement: Settlement, beganAt: Instant, endedAt: Instant,
        worker: Int32 = 0,
        note: String? = nil, response: ResponseData? = nil
    ) {
        self.outcome = outcome
        self.settlement = settlement
        self.beganAt = beganAt
        self.endedAt = endedAt
        self.worker = worker
        self.note = note
        self.response = response
    }
}

/// What an attempt looked at, and what it wants written if that still stands.
package struct Effects: Sendable, Equatable {
    /// All that it looked at; one that changed meanwhile refuses the whole settling.
    package var reads: [DocumentRead]
    /// Documents, in the order of the calls.
    package var writes: [DocumentWrite]
    /// Messages and commands, in the order of the calls.
    package var records: [Record]
    /// Schedules that are made or removed at run time.
    package var plans: [Planning]
    /// Files that go to buckets, in their order.
    package var files: [StagedFile]
    /// Whom the events of changed documents and files come from; nil where nothing is written.
    package var origin: Origin?

    /// Nothing at all, unless it says otherwise.
    package init(
        reads: [DocumentRead] = [], writes: [DocumentWrite] = [], records: [Record] = [],
        plans: [Planning] = [], files: [StagedFile] = [], origin: Origin? = nil
    ) {
        self.reads = reads
        self.writes = writes
        self.records = records
        self.plans = plans
        self.files = files
        self.origin = origin
    }

    /// True where nothing is written; there may be reads to check even so.
    package var isEmpty: Bool {
        writes.isEmpty && records.isEmpty && plans.isEmpty && files.isEmpty
    }
}
