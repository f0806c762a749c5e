import Contract
import Invocations

/// Everything that a `MemoryStore` holds; each change is a function of it.
struct MemoryState {
    var limits: Limits
    var functions: [Function] = []
    var events: [Int64: Event] = [:]
    /// How many functions each event was owed to.
    var owedCounts: [Int64: Int] = [:]
    var invocations: [Int64: Row] = [:]
    /// The numbers of what is owed, in order.
    var owed: [Int64] = []
    var keys: [KeyName: KnownKey] = [:]
    var responses: [[UInt8]: StoredResponse] = [:]
    /// By the bytes of the path, for equal texts may have different bytes.
    var documents: [[UInt8]: StoredDocument] = [:]
    var event: Int64 = 0
    var lease: Int64 = 0
    var version: Int64 = 0
    var triggers = TriggerTable()
    /// By the bytes of bucket and key.
    var files: [[UInt8]: File] = [:]
    /// In the order of their commits.
    var placements: [(placement: Placement, origin: Origin)] = []
    /// By the bytes of the name.
    var schedules: [[UInt8]: Schedule] = [:]
    var recorded = 0
    var pruned = 0
    /// Leases up to it were given by an earlier host.
    var leaseAtStart: Int64 = 0

    init(limits: Limits) { self.limits = limits }

    struct Function {
        var name: String
        var isDeclared = true
        var isPaused = false
    }

    struct KeyName: Hashable {
        var tenant: [UInt8]
        var trigger: [UInt8]
        var key: [UInt8]

        init(_ key: Record.Key) {
            tenant = Array(key.tenant.utf8)
            trigger = Array(key.trigger.utf8)
            self.key = Array(key.key.utf8)
        }
    }

    struct KnownKey {
        var event: EventID
        var number: EventNumber
        var expiresAt: Instant
    }

    /// Whether an invocation may run as far as its ordering key goes.
    enum Turn {
        /// An earlier one of its key is owed.
        case waits
        case has
        /// A person retried it, so it has no place in its key's order.
        case free
    }

    /// One invocation.
    struct Row {
        var number: Int64
        var function: FunctionNumber
        var state: InvocationState
        var turn = Turn.has
        var lease: Int64 = 0
        var runs = 0
        var earlierRuns = 0
        var charged = 0
        var suspicion = Suspicion.none
        var firstRunAt: Instant
        var beganAt: Instant
        var finishedAt: Instant
        var dueAt: Instant?
        var error: String?
        var orderingKey: [UInt8]?
        var history: [AttemptRecord] = []

        var isReady: Bool { state == .ready && turn != .waits }
        var held: Held { Held(invocation: InvocationNumber(number), lease: Lease(lease)) }
    }

    mutating func apply(_ change: Change) -> Answer {
        switch change {
        case .record(let record): self.record(record)
        case .conclude(let conclusion): conclude(conclusion)
        case .claim(let claim): self.claim(claim)
        case .settle(let settling): settle(settling)
        case .release(let held): release(held)
        case .retry(let selection, let now): retry(selection, now)
        case .cancel(let selection, let now): cancel(selection, now)
        case .pause(let function, let isPaused): pause(function, isPaused)
        case .register(let registration): register(registration)
        case .write(let writing): write(writing)
        case .plan(let planning): plan(planning)
        case .announce(let announcing): announce(announcing)
        case .prune(let pruning): prune(pruning)
        case .stepBack(let step): stepBack(step)
        case .index: .indexed(hasMore: false)
        }
    }

    // MARK: rows

    /// Puts `row` in its place, new or changed.
    mutating func put(_ row: Row) {
        if invocations[row.number] == nil { recorded += 1 }
        let wasOwed = invocations[row.number]?.state.isOwed ?? false
        invocations[row.number] = row
        guard wasOwed != row.state.isOwed else { return }
        let place = owed.firstIndex { $0 >= row.number } ?? owed.count
        if wasOwed { owed.remove(at: place) } else { owed.insert(row.number, at: place) }
    }

    mutating func remove(_ row: Row) {
        assert(!row.state.isOwed, "only what is finished is forgotten")
        invocations[row.number] = nil
        pruned += 1
    }

    func running(_ held: Held) -> Row? {
        guard let row = invocations[held.invocation.rawValue], row.state == .running,
            row.lease == held.lease.rawValue
        else { return nil }
        return row
    }

    mutating func nextLease() -> Int64 {
        lease += 1
        return lease
    }

    // MARK: turns

    func isHeld(_ key: [UInt8], of function: FunctionNumber) -> Bool {
        owed.contains { inOrder(invocations[$0]!, key, function) }
    }

    /// Gives the turn of `row`, which is owed no more, to the next of its key.
    mutating func passOn(from row: Row) -> [FunctionNumber] {
        guard row.turn == .has, let key = row.orderingKey else { return [] }
        guard let next = owed.first(where: { inOrder(invocations[$0]!, key, row.function) }) else {
            return []
        }
        invocations[next]!.turn = .has
        return invocations[next]!.isReady ? [row.function] : []
    }

    private func inOrder(_ row: Row, _ key: [UInt8], _ function: FunctionNumber) -> Bool {
        row.function == function && row.orderingKey == key && row.turn != .free
    }

    func isPaused(_ function: FunctionNumber) -> Bool {
        functions[Int(function.rawValue) - 1].isPaused
    }
}

extension [FunctionNumber] {
    mutating func formUnion(_ others: [FunctionNumber]) {
        for other in others where !contains(other) { append(other) }
    }
}
