package import Contract

/// A change of what the clock causes.
package enum Planning: Sendable, Equatable {
    /// The schedules that the app declares; those that it no longer declares retire.
    case declare([ScheduleDeclaration], now: Instant)
    /// One that is made at run time, new or in another's place.
    case set(ScheduleDeclaration, now: Instant)
    case remove(String)
    case pause(String, isPaused: Bool, now: Instant)
    case fire(Firing)

    /// The one schedule that is meant; nil where several are.
    package var name: String? {
        switch self {
        case .declare: nil
        case .set(let declaration, _): declaration.name
        case .remove(let name), .pause(let name, _, _): name
        case .fire(let firing): firing.schedule
        }
    }
}

/// What became of all planned instants of a schedule after one and up to another.
package struct Firing: Sendable, Equatable {
    /// The name of the schedule.
    package var schedule: String
    /// The last instant that was decided before; another one in the row refuses the firing.
    package var after: Instant
    /// The last instant that is decided now; nil for a firing by hand, which decides none.
    package var through: Instant?
    /// What runs, the oldest first.
    package var ticks: [PlannedTick]
    /// What is left out, with why.
    package var skips: [Skip]
    /// What becomes of a tick while the one before is owed.
    package var overlap: Overlap
    /// When it was decided.
    package var now: Instant

    /// A firing that runs and leaves out nothing only moves the cursor.
    package init(
        schedule: String, after: Instant, through: Instant?, ticks: [PlannedTick] = [],
        skips: [Skip] = [], overlap: Overlap, now: Instant
    ) {
        self.schedule = schedule
        self.after = after
        self.through = through
        self.ticks = ticks
        self.skips = skips
        self.overlap = overlap
        self.now = now
    }

    /// What becomes of a tick while the one before is owed.
    package enum Overlap: String, Sendable {
        /// One that runs leaves it out; one that waits gives way to it.
        case skip
        /// It comes after the one before.
        case queue
        case allow
    }
}

/// A planned instant and the event that it causes.
package struct PlannedTick: Sendable, Equatable {
    /// What the pattern says; not when it is looked at.
    package var planned: Instant
    /// Its event and the function that it is owed to.
    package var record: Record

    /// A tick whose event is ready to be recorded.
    package init(planned: Instant, record: Record) {
        self.planned = planned
        self.record = record
    }
}

/// Planned instants that caused nothing, and why.
package struct Skip: Sendable, Equatable {
    /// The first of them.
    package var first: Instant
    /// The last of them, which may be the first.
    package var last: Instant
    /// Why nothing came of them.
    package var reason: Reason

    /// One stretch with one reason; both ends are planned instants.
    package init(first: Instant, last: Instant, reason: Reason) {
        self.first = first
        self.last = last
        self.reason = reason
    }

    /// Why nothing came of them.
    package enum Reason: String, Sendable {
        /// No host was there, or the clock jumped over them.
        case missed
        /// A later one runs in their place.
        case superseded
        /// The tick before still ran.
        case overlap
        /// The schedule was paused.
        case paused
        /// The app no longer has the function.
        case absent
    }
}

/// A schedule's row.
package struct ScheduleRow: Sendable, Equatable {
    /// What it is and how it behaves.
    package var declaration: ScheduleDeclaration
    /// False for one that was made at run time.
    package var isDeclared: Bool
    /// True while its instants pass unused, as a person wants it.
    package var isPaused: Bool
    /// True for one that the app no longer declares; it fires no more.
    package var isRetired: Bool
    /// When it was first known.
    package var since: Instant
    /// The last planned instant that was decided; nothing up to it is decided again.
    package var cursor: Instant
    /// The planned instant that it last fired for.
    package var lastFired: Instant?

    /// A schedule that is neither paused nor retired and never fired, unless it says otherwise.
    package init(
        declaration: ScheduleDeclaration, isDeclared: Bool, isPaused: Bool = false,
        isRetired: Bool = false, since: Instant, cursor: Instant, lastFired: Instant? = nil
    ) {
        self.declaration = declaration
        self.isDeclared = isDeclared
        self.isPaused = isPaused
        self.isRetired = isRetired
        self.since = since
        self.cursor = cursor
        self.lastFired = lastFired
    }

    /// True where both are planned for the same instants.
    package func hasTimes(of other: ScheduleDeclaration) -> Bool {
        declaration.pattern == other.pattern && declaration.zone == other.zone
            && declaration.gap == other.gap && declaration.repeated == other.repeated
    }
}

/// What became of planned instants, as the row says it.
package struct FiringRow: Sendable, Equatable {
    /// The planned instant, or the first of several that were left out together.
    package var first: Instant
    /// The last of those.
    package var last: Instant
    /// The event, where one was caused.
    package var event: EventID?
    /// Why none was.
    package var reason: Skip.Reason?

    /// Either an event or a reason is given.
    package init(first: Instant, last: Instant, event: EventID? = nil, reason: Skip.Reason? = nil) {
        self.first = first
        self.last = last
        self.event = event
        self.reason = reason
    }
}

/// What a planning changed.
package struct Planned: Sendable, Equatable {
    /// The row as it is now; nil where there is none any more, or several are meant, and after a
    /// firing, which changes only the two below.
    package var row: ScheduleRow?
    /// Up to where all is decided after a firing.
    package var cursor: Instant?
    /// The last instant that ran, after a firing.
    package var lastFired: Instant?
    /// What a firing recorded, in the order of its ticks; nil for one that was left out.
    package var recorded: [Recorded?]
    /// The functions that have something ready by it.
    package var ready: [FunctionNumber]
    /// When the first of what waits is due.
    package var dueAt: Instant?

    /// A planning that made nothing ready, unless it says otherwise.
    package init(
        row: ScheduleRow? = nil, cursor: Instant? = nil, lastFired: Instant? = nil,
        recorded: [Recorded?] = [], ready: [FunctionNumber] = [], dueAt: Instant? = nil
    ) {
        self.row = row
        self.cursor = cursor
        self.lastFired = lastFired
        self.recorded = recorded
        self.ready = ready
        self.dueAt = dueAt
    }

    /// The events of a firing, in the order of its ticks; nil for one that was left out.
    package var events: [EventID?] { recorded.map { $0?.event } }
}
