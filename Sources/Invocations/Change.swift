package import Contract

/// One thing that a store is asked to do; those of one commit are decided in order.
///
/// Each is decided by reads before its first write, has its own answer, and changes nothing when
/// it can't be applied.
package enum Change: Sendable {
    /// An event and what is owed for it.
    case record(Record)
    /// A call that ran before it was recorded: its event, its end and its effects at once.
    case conclude(Conclusion)
    case claim(Claim)
    case settle(Settling)
    /// Gives back what was claimed and never began.
    case release([Held])
    /// By hand: runs again what is dead, cancelled or succeeded, in a new series; or now what waits.
    case retry(Selection, now: Instant)
    case cancel(Selection, now: Instant)
    case pause(FunctionNumber, isPaused: Bool)
    /// Makes the app's functions known and gives back what an earlier host left running.
    case register(Registration)
    /// Schedules: what the clock shall cause, and what it caused.
    case plan(Planning)
    /// Files that were found in a bucket, or are gone from it.
    case announce(Announcing)
    /// Documents, from outside of any handler.
    case write(Writing)
    case prune(Pruning)
    /// The wall clock was set back: what waits for an instant waits no longer for it.
    case stepBack(StepBack)
    /// Goes on to fill new indexes, and to empty those that are declared no more.
    case index(rowsMax: Int)
}

/// An event, its key, and the functions that it is owed to.
package struct Record: Sendable, Equatable {
    /// What happened.
    package var event: NewEvent
    /// Where it came from and its key: unique for a time.
    package var key: Key?
    /// In the order of the ordinals, at most `InvocationNumber.perEventMax`; empty where nobody
    /// wants it.
    package var owed: [Owed]
    /// False for effects, which may pass the bound of the backlog up to twice.
    package var comesFromOutside: Bool
    /// True for all of a batch but its first: it goes into the commit of the change before it.
    package var continuesBatch = false

    /// Traps where the event is owed to more functions than numbers have room for.
    package init(event: NewEvent, key: Key? = nil, owed: [Owed], comesFromOutside: Bool = true) {
        precondition(
            owed.count <= InvocationNumber.perEventMax, "an event is owed to so many at most")
        self.event = event
        self.key = key
        self.owed = owed
        self.comesFromOutside = comesFromOutside
    }

    /// An idempotency key of events: unique within a tenant and a trigger, for a time.
    package struct Key: Sendable, Hashable {
        /// Whose key it is.
        package var tenant: String
        /// Such as "command/send-receipt".
        package var trigger: String
        /// As the caller gave it, without quotes.
        package var key: String
        /// From then on the key is a new one.
        package var expiresAt: Instant

        /// A key of the one tenant, unless it says otherwise.
        package init(
            tenant: String = Event.defaultTenant, trigger: String, key: String, expiresAt: Instant
        ) {
            self.tenant = tenant
            self.trigger = trigger
            self.key = key
            self.expiresAt = expiresAt
        }
    }
}

/// One function that an event is owed to.
package struct Owed: Sendable, Equatable {
    /// When its first run may begin.
    package enum Start: Sendable, Equatable {
        /// A slot is kept for it: it is recorded as running, unless its ordering key holds it back.
        case now
        case whenClaimed
        case at(Instant)
        /// It is a dead letter from the start.
        case never(TooDeep)
    }

    /// The function that shall run.
    package var function: FunctionNumber
    /// When its first run may begin.
    package var start: Start
    /// Those of one function and key run one at a time, in event order; nil for no order.
    package var orderingKey: String?

    /// An invocation that waits for its turn, unless it says otherwise.
    package init(function: FunctionNumber, start: Start = .whenClaimed, orderingKey: String? = nil)
    {
        self.function = function
        self.start = start
        self.orderingKey = orderingKey
    }
}

/// An invocation and the lease that somebody holds on it.
package struct Held: Sendable, Hashable {
    /// The invocation's row.
    package var invocation: InvocationNumber
    /// The lease; it is lost once the row has another.
    package var lease: Lease

    /// Whoever was told of the lease makes one.
    package init(invocation: InvocationNumber, lease: Lease) {
        self.invocation = invocation
        self.lease = lease
    }
}

/// A request for ready invocations of functions that have room.
package struct Claim: Sendable, Equatable {
    /// What one function has room for.
    package struct Want: Sendable, Equatable {
        /// A function with something ready.
        package var function: FunctionNumber
        /// At most so many of it, for so many slots are free.
        package var invocationsMax: Int

        /// Room for that many.
        package init(function: FunctionNumber, invocationsMax: Int) {
            self.function = function
            self.invocationsMax = invocationsMax
        }
    }

    /// In the order of their turns.
    package var wants: [Want]
    /// In all.
    package var invocationsMax: Int
    /// The data of their events together; a single invocation comes whatever it weighs.
    package var bytesMax: Int
    /// So many of those that run alone; others of their functions come before the rest of them.
    package var suspectsMax: Int
    /// What waited and is due by then becomes ready first.
    package var now: Instant

    /// Asks for 4 MiB of data, suspect or not, where no other bound is given.
    package init(
        wants: [Want], invocationsMax: Int, bytesMax: Int = 4 << 20, suspectsMax: Int = .max,
        now: Instant
    ) {
        self.wants = wants
        self.invocationsMax = invocationsMax
        self.bytesMax = bytesMax
        self.suspectsMax = suspectsMax
        self.now = now
    }
}

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

/// A write of one document.
package enum DocumentWrite: Sendable, Equatable {
    case put(path: String, body: [UInt8])
    case merge(path: String, patch: [UInt8], operations: [MergeOperation])
    case delete(path: String)

    /// The document that it writes.
    package var path: String {
        switch self {
        case .put(let path, _), .merge(let path, _, _), .delete(let path): path
        }
    }
}

/// A write that holds only while the document has a version; 0 stands for absent, nil for any.
package struct ConditionalWrite: Sendable, Equatable {
    /// The write.
    package var write: DocumentWrite
    /// The version that the document must have.
    package var ifVersion: Int64?

    /// A write that holds whatever the version is, unless it names one.
    package init(_ write: DocumentWrite, ifVersion: Int64? = nil) {
        self.write = write
        self.ifVersion = ifVersion
    }
}

/// Writes of documents from outside of any handler: all of them or none.
package struct Writing: Sendable, Equatable {
    /// In order; a later one sees what an earlier one wrote.
    package var writes: [ConditionalWrite]
    /// Whom the events of changed documents come from.
    package var origin: Origin
    /// False for an import that shall run nothing.
    package var triggers: Bool

    /// Writes that make events of what they change, unless `triggers` is false.
    package init(_ writes: [ConditionalWrite], origin: Origin, triggers: Bool = true) {
        self.writes = writes
        self.origin = origin
        self.triggers = triggers
    }
}

/// A call that was run before anything of it was recorded.
package struct Conclusion: Sendable {
    /// The call.
    package var event: NewEvent
    /// The function that was called.
    package var function: FunctionNumber
    /// All its runs, conflicts included.
    package var runs: Int
    /// How its last run ended.
    package var ending: Ending
    /// What it wants written, in the same commit.
    package var effects: Effects
    /// What a repeated call is to be answered with.
    package var response: StoredResponse?

    /// A call whose answer is not kept, unless there is a response.
    package init(
        event: NewEvent, function: FunctionNumber, runs: Int, ending: Ending, effects: Effects,
        response: StoredResponse? = nil
    ) {
        self.event = event
        self.function = function
        self.runs = runs
        self.ending = ending
        self.effects = effects
        self.response = response
    }
}

/// The answer to a call with an idempotency key.
package struct StoredResponse: Sendable, Equatable {
    /// The hash of scope and key.
    package var keyHash: [UInt8]
    /// The hash of method, target, content type and body.
    package var fingerprint: [UInt8]
    /// From 200 to 599.
    package var status: Int
    /// The header fields, in order.
    package var fields: [RequestData.Field]
    /// The whole body; responses that stream are not kept.
    package var body: [UInt8]
    /// From then on a call with the key is a new one.
    package var expiresAt: Instant

    /// What a caller was told, or will be once this is committed.
    package init(
        keyHash: [UInt8], fingerprint: [UInt8], status: Int, fields: [RequestData.Field],
        body: [UInt8],
        expiresAt: Instant
    ) {
        self.keyHash = keyHash
        self.fingerprint = fingerprint
        self.status = status
        self.fields = fields
        self.body = body
        self.expiresAt = expiresAt
    }
}

/// Which invocations a person means.
package enum Selection: Sendable, Equatable {
    case one(InvocationNumber)
    /// At most `max` at once, of each function the oldest first; the answer tells whether more are
    /// left. What runs is not counted, and all of it is named once nothing else is left.
    ///
    /// Without a state a retry means the dead, and a cancellation all that is owed. A retry of what
    /// succeeded or was cancelled traps: that is asked for by its number.
    case matching(function: FunctionNumber?, state: InvocationState?, max: Int)
}

/// What a starting host tells of its app.
package struct Registration: Sendable, Equatable {
    /// All that the app has; others that the store knows are kept, and not declared.
    package var functions: [FunctionDeclaration]
    /// What makes events of documents that change.
    package var triggers: [TriggerDeclaration]
    /// By what documents are found and sorted.
    package var indexes: [IndexDeclaration]
    /// When the host starts.
    package var now: Instant

    /// An app without triggers and indexes, unless it says otherwise.
    package init(
        functions: [FunctionDeclaration], triggers: [TriggerDeclaration] = [],
        indexes: [IndexDeclaration] = [], now: Instant
    ) {
        self.functions = functions
        self.triggers = triggers
        self.indexes = indexes
        self.now = now
    }
}

/// One slice of forgetting what is finished.
package struct Pruning: Sendable, Equatable {
    /// Finished before it: forgotten.
    package var historyBefore: Instant
    /// Dead before it: forgotten, and said so.
    package var deadBefore: Instant
    /// While the store holds more, everything finished is old enough; the oldest go first.
    package var historyBytesMax: Int
    /// While dead letters take more, the oldest of them go.
    package var deadBytesMax: Int
    /// Keys and responses that expired by then are forgotten too.
    package var now: Instant
    /// How long the slice may take, looked at every few rows.
    package var timeMax: Duration

    /// One slice; where it was too short the answer says that there is more.
    package init(
        historyBefore: Instant, deadBefore: Instant, historyBytesMax: Int, deadBytesMax: Int,
        now: Instant,
        timeMax: Duration
    ) {
        self.historyBefore = historyBefore
        self.deadBefore = deadBefore
        self.historyBytesMax = historyBytesMax
        self.deadBytesMax = deadBytesMax
        self.now = now
        self.timeMax = timeMax
    }
}
