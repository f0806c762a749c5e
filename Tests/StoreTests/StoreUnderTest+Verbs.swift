import Contract
import Invocations
import Testing

/// The verbs of the suite: each asks one thing and expects the kind of answer that it has.
extension StoreUnderTest {
    /// The moment at which everything happens, unless a test says otherwise.
    static let now = Instant(milliseconds: 1_763_000_000_000)
    var now: Instant { Self.now }

    static let names = ["one", "two", "three"]
    static let one = FunctionNumber(1)
    static let two = FunctionNumber(2)
    static let three = FunctionNumber(3)

    func apply(_ change: Change) async -> Answer { await store.commit([change])[0] }

    @discardableResult
    func register(
        _ names: [String] = names, policies: Policies = Policies(), at now: Instant = now
    ) async -> Registered {
        let functions = names.map {
            FunctionDeclaration(name: $0, input: .command, policies: policies)
        }
        guard
            case .registered(let registered) = await apply(
                .register(Registration(functions: functions, now: now)))
        else { fatalError("a registration is answered") }
        return registered
    }

    // MARK: recording

    static func event(_ data: [UInt8] = [1, 2, 3], at now: Instant = now, callID: EventID? = nil)
        -> NewEvent
    {
        NewEvent(kind: .command, subject: "one", acceptedAt: now, data: data, callID: callID)
    }

    static func key(
        _ key: String, trigger: String = "command/one", until: Instant = now + .hours(24)
    ) -> Record.Key {
        Record.Key(trigger: trigger, key: key, expiresAt: until)
    }

    static func effect(
        _ key: String? = nil, to function: FunctionNumber = two, _ start: Owed.Start = .whenClaimed
    ) -> Record {
        Record(
            event: event(), key: key.map { Self.key($0) },
            owed: [Owed(function: function, start: start)],
            comesFromOutside: false)
    }

    @discardableResult
    func record(
        _ owed: Owed..., data: [UInt8] = [1, 2, 3], key: Record.Key? = nil, at now: Instant = now
    ) async -> Recorded {
        await recorded(Record(event: Self.event(data, at: now), key: key, owed: owed))
    }

    func recorded(_ record: Record) async -> Recorded {
        let answer = await apply(.record(record))
        guard case .recorded(let recorded) = answer else { fatalError("\(answer)") }
        return recorded
    }

    /// Records an event for a function and starts it at once.
    func start(
        _ function: FunctionNumber = one, orderingKey: String? = nil, data: [UInt8] = [1, 2, 3],
        at now: Instant = now
    ) async -> Held {
        let recorded = await record(
            Owed(function: function, start: .now, orderingKey: orderingKey), data: data, at: now)
        return Held(
            invocation: InvocationNumber(event: recorded.number, ordinal: 0),
            lease: recorded.started[0].lease)
    }

    // MARK: claiming

    func claim(
        _ functions: FunctionNumber..., max: Int = 100, inAll: Int = 100, bytesMax: Int = 4 << 20,
        at now: Instant = now
    ) async -> Claimed {
        let wants = functions.map { Claim.Want(function: $0, invocationsMax: max) }
        let claim = Claim(wants: wants, invocationsMax: inAll, bytesMax: bytesMax, now: now)
        let answer = await apply(.claim(claim))
        guard case .claimed(let claimed) = answer else { fatalError("\(answer)") }
        return claimed
    }

    // MARK: settling

    static func ending(
        _ outcome: Outcome, _ settlement: Settlement, at now: Instant = now, note: String? = nil
    ) -> Ending {
        Ending(
            outcome: outcome, settlement: settlement, beganAt: now, endedAt: now + .milliseconds(5),
            worker: 77,
            note: note)
    }

    static let succeeded = ending(.succeeded, .succeeded)
    static let failed = Outcome.failed(error: "no luck", retryAfter: nil)

    func settle(_ held: Held, _ ending: Ending = succeeded, _ effects: Effects = Effects()) async
        -> Answer
    {
        await apply(.settle(Settling(held: held, ending: ending, effects: effects)))
    }

    func settled(_ held: Held, _ ending: Ending = succeeded, _ effects: Effects = Effects()) async
        -> Settled
    {
        let answer = await settle(held, ending, effects)
        guard case .settled(let settled) = answer else { fatalError("\(answer)") }
        return settled
    }

    /// What a change was refused with, nil where it was applied.
    func refusal(_ answer: Answer) -> Refusal? {
        guard case .refused(let refusal) = answer else { return nil }
        return refusal
    }

    func selected(_ change: Change) async -> Selected {
        let answer = await apply(change)
        guard case .selected(let selected) = answer else { fatalError("\(answer)") }
        return selected
    }

    // MARK: reading

    func detail(_ id: EventID) async throws -> InvocationDetail? {
        guard case .invocation(let detail) = try await store.read(.invocation(id)) else {
            fatalError()
        }
        return detail
    }

    func detail(_ number: InvocationNumber, at now: Instant = now) async throws -> InvocationDetail
    {
        try #require(try await detail(EventID(.invocation, number: number.rawValue, at: now)))
    }

    func state(_ number: InvocationNumber) async throws -> InvocationState {
        try await detail(number).summary.state
    }

    func event(_ id: EventID) async throws -> EventDetail? {
        guard case .event(let detail) = try await store.read(.event(id)) else { fatalError() }
        return detail
    }

    func document(_ path: String) async throws -> HostReply.Found {
        guard case .documents(let found) = try await store.read(.document(path: path)) else {
            fatalError()
        }
        return found[0]
    }

    func list(_ filter: InvocationFilter) async throws -> (
        items: [InvocationSummary], next: InvocationNumber?
    ) {
        guard case .invocations(let items, let next) = try await store.read(.invocations(filter))
        else {
            fatalError()
        }
        return (items, next)
    }

    func list(_ filter: EventFilter) async throws -> (items: [EventSummary], next: EventNumber?) {
        guard case .events(let items, let next) = try await store.read(.events(filter)) else {
            fatalError()
        }
        return (items, next)
    }

    func status() async throws -> StoreStatus {
        guard case .status(let status) = try await store.read(.status) else { fatalError() }
        return status
    }

    /// Recorded = owed + succeeded + cancelled + dead + pruned.
    func expectTheSum(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let status = try await status()
        let sum = InvocationState.allCases.reduce(status.pruned) { $0 + status.counts[$1] }
        #expect(status.recorded == sum, sourceLocation: sourceLocation)
    }
}

extension Recorded {
    /// The first invocation of the event.
    var first: InvocationNumber { InvocationNumber(event: number, ordinal: 0) }
}

/// Waits, 20 seconds at most, until what `what` says is so.
func eventually(_ what: String, _ isSo: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(20)
    while !isSo() {
        try #require(ContinuousClock.now < deadline, "within 20 s: \(what)")
        await Task.yield()
    }
}
