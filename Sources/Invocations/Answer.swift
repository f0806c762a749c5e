package import Contract

/// What a store says to one change.
package enum Answer: Sendable {
    case recorded(Recorded)
    case concluded(Concluded)
    case claimed(Claimed)
    case settled(Settled)
    case released([FunctionNumber])
    case selected(Selected)
    case paused
    case registered(Registered)
    case written(Written)
    case planned(Planned)
    case announced(Announced)
    case pruned(Pruned)
    case steppedBack(SteppedBack)
    /// True where indexes are not whole yet.
    case indexed(hasMore: Bool)
    /// The change could not be applied, and nothing of it was.
    case refused(Refusal)
}

extension Answer {
    /// True when something may be ready by the change that the answer does not name: whoever waits
    /// is woken.
    ///
    /// Who hears what is ready needs no wake-up beside it, which would only make him look for it
    /// where he need not.
    package var hasUnnamedReady: Bool {
        switch self {
        case .registered(let registered): registered.recovered > 0
        case .paused: true
        case .recorded, .concluded, .claimed, .settled, .released, .selected, .written, .planned,
            .announced, .pruned, .steppedBack, .indexed, .refused:
            false
        }
    }
}

/// An event that is recorded, or that was.
package struct Recorded: Sendable, Equatable {
    /// Its identifier; for a known key that of the first event.
    package var event: EventID
    /// Its row.
    package var number: EventNumber
    /// True when the key was known: this is the first event of it.
    package var isDuplicate: Bool
    /// What began at once: the place in the record's `owed`, and its lease.
    package var started: [Started]
    /// The functions that have something ready by it.
    package var ready: [FunctionNumber]

    /// An event that is new and made nothing ready, unless it says otherwise.
    package init(
        event: EventID, number: EventNumber, isDuplicate: Bool = false, started: [Started] = [],
        ready: [FunctionNumber] = []
    ) {
        self.event = event
        self.number = number
        self.isDuplicate = isDuplicate
        self.started = started
        self.ready = ready
    }

    /// An invocation that was recorded as running.
    package struct Started: Sendable, Equatable {
        /// Its place in the record's `owed`.
        package var ordinal: Int
        /// The lease that its attempt settles with.
        package var lease: Lease

        /// Made by the store in the commit of the record.
        package init(ordinal: Int, lease: Lease) {
            self.ordinal = ordinal
            self.lease = lease
        }
    }
}

/// Documents that were written from outside.
package struct Written: Sendable, Equatable {
    /// In the order of the writes; 0 where there was nothing to delete.
    package var versions: [Int64]
    /// True for each whose document was not there before.
    package var isNew: [Bool]
    /// The functions that have something ready by it.
    package var ready: [FunctionNumber]

    /// Without `ready`, nobody wants to know of the changes.
    package init(versions: [Int64], isNew: [Bool], ready: [FunctionNumber] = []) {
        self.versions = versions
        self.isNew = isNew
        self.ready = ready
    }
}

/// A call that is recorded, with its end and its effects.
package struct Concluded: Sendable, Equatable {
    /// The identifier that the call was given.
    package var event: EventID
    /// The functions that have something ready by its effects.
    package var ready: [FunctionNumber]
    /// Keys of effects that were known, whose effects were dropped.
    package var droppedKeys: [String]
    /// The files that go to their buckets now, in order.
    package var placements: [Placement]

    /// A call whose effects were all new and wrote no files, unless it says otherwise.
    package init(
        event: EventID, ready: [FunctionNumber], droppedKeys: [String] = [],
        placements: [Placement] = []
    ) {
        self.event = event
        self.ready = ready
        self.droppedKeys = droppedKeys
        self.placements = placements
    }
}

/// An attempt that is settled, with its effects.
package struct Settled: Sendable, Equatable {
    /// The functions that have something ready by it: effects, followers, the invocation itself.
    package var ready: [FunctionNumber]
    /// After `rerun`, the lease of the next run.
    package var renewed: Lease?
    /// Keys of effects that were known, whose effects were dropped.
    package var droppedKeys: [String]
    /// When the invocation is due again, if it waits.
    package var dueAt: Instant?
    /// The files that go to their buckets now, in order.
    package var placements: [Placement]

    /// A settlement that made nothing ready, unless it says otherwise.
    package init(
        ready: [FunctionNumber] = [], renewed: Lease? = nil, droppedKeys: [String] = [],
        dueAt: Instant? = nil, placements: [Placement] = []
    ) {
        self.ready = ready
        self.renewed = renewed
        self.droppedKeys = droppedKeys
        self.dueAt = dueAt
        self.placements = placements
    }
}

/// What a retry or a cancellation by hand changed.
package struct Selected: Sendable, Equatable {
    /// How many were changed.
    package var count: Int
    /// True where more of those that were meant are left: ask again.
    package var hasMore: Bool
    /// The functions that have something ready by it.
    package var ready: [FunctionNumber]
    /// Those that run, which a cancellation leaves to whoever runs them.
    package var running: [Held]

    /// A selection without any left over or running, unless it says otherwise.
    package init(
        count: Int, hasMore: Bool = false, ready: [FunctionNumber] = [], running: [Held] = []
    ) {
        self.count = count
        self.hasMore = hasMore
        self.ready = ready
        self.running = running
    }
}

/// What the store knows when a host starts.
package struct Registered: Sendable, Equatable {
    /// A function that the store knows, declared or not.
    package struct Function: Sendable, Equatable {
        /// Its row.
        package var number: FunctionNumber
        /// Its name in the app.
        package var name: String
        /// True while a person has stopped it: nothing of it is claimed.
        package var isPaused: Bool
        /// False for one that the app no longer has.
        package var isDeclared: Bool
        /// The invocations of it that are not finished.
        package var owed: Int

        /// As its row says.
        package init(
            number: FunctionNumber, name: String, isPaused: Bool, isDeclared: Bool, owed: Int
        ) {
            self.number = number
            self.name = name
            self.isPaused = isPaused
            self.isDeclared = isDeclared
            self.owed = owed
        }
    }

    /// Every function of the store, those that the app no longer has included.
    package var functions: [Function]
    /// How many an earlier host left running; they are ready again.
    package var recovered: Int
    /// Of those, how many were charged with having ended the host.
    package var charged: Int

    /// What a start found.
    package init(functions: [Function], recovered: Int, charged: Int) {
        self.functions = functions
        self.recovered = recovered
        self.charged = charged
    }
}

/// What one slice of pruning forgot.
package struct Pruned: Sendable, Equatable {
    /// Invocations that had succeeded or were cancelled.
    package var invocations: Int
    /// Dead letters, of which the count is logged.
    package var dead: Int
    /// True when the slice's time ran out first.
    package var hasMore: Bool

    /// Nothing, unless it says otherwise.
    package init(invocations: Int = 0, dead: Int = 0, hasMore: Bool = false) {
        self.invocations = invocations
        self.dead = dead
        self.hasMore = hasMore
    }
}
