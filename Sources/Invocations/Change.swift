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

extension Change {
    /// True for the end of something that ran or was to run: a store that has no room for now keeps
    /// it until it has, and refuses all else.
    package var isOutcome: Bool {
        switch self {
        case .conclude, .settle, .release: true
        case .record, .claim, .retry, .cancel, .pause, .register, .plan, .announce, .write, .prune,
            .stepBack, .index:
            false
        }
    }
}
