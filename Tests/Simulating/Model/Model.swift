import Contract
import Invocations

/// What ought to be, kept beside the product: it shares no code with it but the values.
///
/// It watches each change and the store's answer, in the order in which they were applied, says
/// which of the answers can't be right, and knows what the rows should be afterwards.
struct Model: Sendable {
    var rows: [Int64: Row] = [:]
    /// The numbers of what is owed, in order.
    var owed: [Int64] = []
    /// The numbers of those of an ordering key that are owed, in order.
    var lanes: [Lane: [Int64]] = [:]
    var events: [Int64: NewEvent] = [:]
    var keys: [String: KnownKey] = [:]
    var responses: [[UInt8]: StoredResponse] = [:]
    var documents: [String: Document] = [:]
    var schedules: [String: Schedule] = [:]
    var files: [String: File] = [:]
    var placements: [Placement] = []
    var paused: Set<Int64> = []
    var lastEvent: Int64 = 0
    var lastLease: Int64 = 0
    var lastVersion: Int64 = 0
    var recorded = 0
    var pruned = 0
    /// The kinds of all events so far.
    var kinds: Set<InputKind> = []
    /// The events of which nothing is kept any more, for they were old enough.
    var forgotten: Set<Int64> = []
    /// What was accepted before may be forgotten where nothing is owed for it.
    var forgottenBefore = Instant.distantPast
    /// When nothing stood in the way of schedules any more: what was planned since is on time.
    var undisturbedSince = Instant.distantPast
    /// Those of which so many were forgotten, and it is not known yet which.
    var maybeForgotten: (numbers: [Int64], count: Int)?

    /// One invocation.
    struct Row: Sendable {
        let number: Int64
        let function: Int64
        var state = InvocationState.ready
        var lease: Int64 = 0
        /// Since it was recorded, or retried by hand.
        var runs = 0
        var earlierRuns = 0
        var charged = 0
        var suspicion = 0
        var firstRunAt: Instant?
        var dueAt: Instant?
        var finishedAt: Instant?
        var lane: Lane?

        var event: Int64 { number >> 12 }
    }

    /// What runs one after another.
    struct Lane: Hashable, Sendable {
        var function: Int64
        var key: String
    }

    struct KnownKey: Sendable {
        var event: Int64
        var expiresAt: Instant
    }

    /// Every document of the simulated app has one number in it.
    struct Document: Sendable, Equatable {
        var version: Int64
        var count: Int
    }

    struct File: Sendable {
        var mark: FileMark
        var event: Int64?
    }

    struct Schedule: Sendable {
        var declaration: ScheduleDeclaration
        var isPaused = false
        var cursor: Instant
        var lastTick: Int64?
        /// What became of its instants, as its rows should say it.
        var decided: [FiringRow] = []
    }

    /// Checks an answer and takes the change in.
    ///
    /// - Parameter askedAt: the wall clock when the change left the dispatcher.
    mutating func observe(
        _ change: Change, _ answer: Answer, askedAt: Instant
    ) throws(Violation) {
        switch (change, answer) {
        case (.record(let record), .recorded(let recorded)): try observe(record, recorded)
        case (.claim(let claim), .claimed(let claimed)): try observe(claim, claimed)
        case (.settle(let settling), .settled(let settled)):
            try observe(settling, settled, askedAt: askedAt)
        case (.conclude(let conclusion), .concluded(let concluded)):
            try observe(conclusion, concluded)
        case (.release(let held), .released): try observe(released: held)
        case (.retry(let selection, _), .selected(let selected)):
            try observe(retried: selection, selected)
        case (.cancel(.one(let number), let now), .selected):
            try observe(cancelled: number, at: now)
        case (.pause(let function, let isPaused), .paused):
            if isPaused {
                paused.insert(function.rawValue)
            } else {
                paused.remove(function.rawValue)
            }
        case (.register(let registration), .registered(let registered)):
            try observe(registration, registered)
        case (.plan(let planning), .planned(let planned)): try observe(planning, planned)
        case (.announce(let announcing), .announced(let announced)):
            try observe(announcing, announced)
        case (.write(let writing), .written(let written)): try observe(writing, written)
        case (.prune(let pruning), .pruned(let pruned)): try observe(pruning, pruned)
        case (.stepBack(let step), .steppedBack(let done)):
            try observe(steppedBack: step, done)
        case (.index, .indexed): break
        case (_, .refused(let refusal)): try observe(change, refused: refusal)
        default: throw Violation(invariant: 4, text: "\(change) was answered with \(answer)")
        }
    }

    // MARK: rows

    /// The functions are numbered in the order of their roles.
    static func role(_ function: Int64) -> Role? { Role(rawValue: Int(function) - 1) }

    func name(_ row: Row) -> String {
        "\(Self.role(row.function)?.name ?? "?") \(row.event).\(row.number & 0xFFF)"
    }

    /// True where nothing that came before in its lane is owed.
    func hasTurn(_ row: Row) -> Bool {
        guard let lane = row.lane, let first = lanes[lane]?.first else { return true }
        return first == row.number || !(lanes[lane]?.contains(row.number) ?? false)
    }

    func canStart(_ row: Row) -> Bool {
        row.state == .ready && !paused.contains(row.function) && hasTurn(row)
    }

    mutating func put(_ row: Row, isOutOfOrder: Bool = false) {
        let before = rows[row.number]
        if before == nil { recorded += 1 }
        rows[row.number] = row
        let wasOwed = before?.state.isOwedToTheModel ?? false
        let isOwed = row.state.isOwedToTheModel
        guard wasOwed != isOwed else { return }
        if isOwed {
            owed.insert(row.number, at: owed.firstIndex { $0 > row.number } ?? owed.count)
            // What a person retried has no place in the order any more.
            if let lane = row.lane, !isOutOfOrder { lanes[lane, default: []].append(row.number) }
        } else {
            owed.removeAll { $0 == row.number }
            if let lane = row.lane {
                lanes[lane]?.removeAll { $0 == row.number }
                if lanes[lane]?.isEmpty == true { lanes[lane] = nil }
            }
        }
    }

    mutating func start(_ row: Row, lease: Lease, runs: Int, at now: Instant) throws(Violation) {
        var row = row
        try require(
            row.state == .ready, 3,
            "\(name(row)) was started while \(row.state), under lease \(lease.rawValue)")
        try require(
            hasTurn(row), 7, "\(name(row)) was started before \(lanes[row.lane!]!.first!)")
        try require(
            !paused.contains(row.function), 7, "\(name(row)) was started and is paused")
        try require(
            lease.rawValue > lastLease, 3,
            "lease \(lease.rawValue) was given after lease \(lastLease)")
        lastLease = lease.rawValue
        try checkConcurrency(row)
        if row.runs == 0 { row.firstRunAt = now }
        row.state = .running
        row.runs += 1
        row.lease = lease.rawValue
        row.dueAt = nil
        try require(
            row.runs == runs, 4, "run \(runs) of \(name(row)) is its run \(row.runs)")
        put(row)
    }

    private func checkConcurrency(_ row: Row) throws(Violation) {
        guard let most = Self.role(row.function)?.policies.concurrencyMax else { return }
        let running = owed.count {
            rows[$0]!.function == row.function && rows[$0]!.state == .running
        }
        try require(
            running < most, 7, "\(name(row)) was started beside \(running), where \(most) may run")
    }

    /// The row, where the lease is the one that somebody holds.
    func running(_ held: Held) -> Row? {
        guard let row = rows[held.invocation.rawValue], row.state == .running,
            row.lease == held.lease.rawValue
        else { return nil }
        return row
    }
}

extension InvocationState {
    /// A run of it is still owed; said here again, for the model trusts nobody.
    var isOwedToTheModel: Bool {
        switch self {
        case .scheduled, .ready, .running, .retrying: true
        case .succeeded, .cancelled, .dead: false
        }
    }
}
