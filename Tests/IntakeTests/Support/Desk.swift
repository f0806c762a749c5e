import Contract
import Dispatching
import EventLoop
import HTTPServer
import Intake
import Invocations
import Synchronization
import Testing
import Workers

/// A public listener with its intake, a small store, and a runner that does as told.
@LoopActor
final class Desk {
    nonisolated static let now = Instant(milliseconds: 1_795_406_400_000)

    let store = AnsweringStore()
    let runner = ScriptedRunner()
    let budget = BodyBudget()
    private let intake: HTTPIntake
    let dispatcher: Dispatcher
    private let pool: WorkerPool
    private let listener: HTTPListener
    private let pump: Pump

    init(_ rules: [TriggerDeclaration], limits: Limits = Limits()) throws {
        let registry = Self.registry
        let pump = Pump(store)
        let dispatcher = Dispatcher(
            registry: registry, runner: runner, slots: 8, limits: limits, clock: { Self.now },
            chance: { 0.5 }, changed: { pump.changed() })
        let pool = Self.pool(limits)
        intake = HTTPIntake(
            triggers: rules.compactMap { HTTPTrigger($0, registry: registry, limits: limits) },
            dispatcher: dispatcher, store: store, pool: pool, limits: limits, now: { Self.now })
        listener = try HTTPListener(
            SocketAddress(host: "127.0.0.1", port: 0), budget: budget, handler: intake)
        pump.dispatcher = dispatcher
        runner.ended = { [unowned dispatcher] end in
            Task { @LoopActor in dispatcher.ended(end) }
        }
        (self.dispatcher, self.pool, self.pump) = (dispatcher, pool, pump)
    }

    /// It starts no worker: bodies that are whole need none.
    private static func pool(_ limits: Limits) -> WorkerPool {
        WorkerPool(
            settings: WorkerSettings(
                executable: "none", environment: [:], count: 1, limits: limits),
            now: { now },
            hooks: WorkerPool.Hooks(
                ended: { _ in }, asked: { _, _ in }, logged: { _, _, _ in }, noted: { _ in }))
    }

    nonisolated static let registry = Registry(
        declarations: [
            FunctionDeclaration(name: "create-order", input: .request),
            FunctionDeclaration(name: "take-webhook", input: .request),
        ],
        rows: [row(1, "create-order"), row(2, "take-webhook")])

    private nonisolated static func row(_ number: Int64, _ name: String) -> Registered.Function {
        Registered.Function(
            number: FunctionNumber(number), name: name, isPaused: false, isDeclared: true, owed: 0)
    }

    var address: SocketAddress { listener.address! }

    func stopAccepting() { dispatcher.isAccepting = false }

    /// Ends every connection at once.
    func cutOff() { listener.close() }

    func close() {
        listener.close()
        pool.close()
        pump.isClosed = true
    }

    static let rules = [
        rule("create-order", "POST", "/orders/{id}", idempotency: .optional),
        rule("create-order", "GET", "/orders/{id}"),
        rule("create-order", "PUT", "/strict", idempotency: .required, bodyBytesMax: 10),
        rule("take-webhook", "POST", "/hooks/{rest...}", mode: .accept, idempotency: .optional),
    ]

    nonisolated static func rule(
        _ function: String, _ method: String, _ path: String, mode: Mode = .respond,
        idempotency: Idempotency = .off, bodyBytesMax: Int? = nil
    ) -> TriggerDeclaration {
        TriggerDeclaration(
            function: function,
            rule: .http(
                method: method, path: path, mode: mode, idempotency: idempotency,
                bodyBytesMax: bodyBytesMax))
    }
}

/// Opens a desk, hands it to `body` and closes it whatever happens.
@LoopActor
func withDesk(
    limits: Limits = Limits(), _ body: @LoopActor (Desk) async throws -> Void
) async throws {
    let desk = try Desk(Desk.rules, limits: limits)
    defer { desk.close() }
    try await body(desk)
}

/// Takes the dispatcher's pages to the store, as a host does.
@LoopActor
final class Pump {
    weak var dispatcher: Dispatcher?
    var isClosed = false
    private let store: AnsweringStore
    private var isBusy = false

    init(_ store: AnsweringStore) { self.store = store }

    nonisolated func changed() { LoopActor.assumeIsolated { self.begin() } }

    private func begin() {
        guard !isBusy else { return }
        isBusy = true
        Task {
            while !isClosed, let page = dispatcher?.takePage() {
                page.deliver(await store.commit(page.changes))
            }
            isBusy = false
        }
    }
}

/// Ends every attempt as a test says, in a later turn; or holds it.
final class ScriptedRunner: Runner {
    var outcome: Outcome? = .succeeded
    var response = ResponseData(status: 200)
    private(set) var begun: [Assignment] = []
    var ended: (AttemptEnd) -> Void = { _ in }

    func run(_ assignment: Assignment) {
        begun.append(assignment)
        if let outcome { end(assignment, outcome) }
    }

    func end(_ assignment: Assignment, _ outcome: Outcome) {
        let report = Report(
            outcome: outcome, beganAt: Desk.now, duration: .milliseconds(3), response: response)
        ended(AttemptEnd(attempt: assignment.attempt, report: report, worker: 77))
    }

    func cancel(_ attempt: AttemptNumber) {}
}

/// Keeps records, keys and responses.
final class AnsweringStore: Store {
    private struct State {
        var records: [Record] = []
        var responses: [[UInt8]: StoredResponse] = [:]
        var refusal: Refusal?
    }

    private let state = Mutex(State())

    let wakes = AsyncStream<Void> { _ in }

    var records: [Record] { state.withLock(\.records) }

    var responses: [StoredResponse] { state.withLock { Array($0.responses.values) } }

    func refuse(_ refusal: Refusal) { state.withLock { $0.refusal = refusal } }

    func commit(_ changes: [Change]) async -> [Answer] {
        state.withLock { state in changes.map { Self.answer($0, &state) } }
    }

    func read(_ query: Query) async throws -> Page {
        guard case .response(let hash) = query else { return .invocation(nil) }
        return .response(state.withLock { $0.responses[hash] })
    }

    private static func answer(_ change: Change, _ state: inout State) -> Answer {
        if case .claim(let claim) = change {
            return .claimed(Claimed(exhausted: claim.wants.map(\.function)))
        }
        if let refusal = state.refusal { return .refused(refusal) }
        switch change {
        case .record(let record):
            let known = state.records.firstIndex { $0.key == record.key && record.key != nil }
            if known == nil { state.records.append(record) }
            let number = Int64(known ?? state.records.count - 1) + 1
            return .recorded(
                Recorded(
                    event: EventID(.event, number: number, at: Desk.now),
                    number: EventNumber(number),
                    isDuplicate: known != nil))
        case .conclude(let conclusion):
            if let response = conclusion.response { state.responses[response.keyHash] = response }
            return .concluded(Concluded(event: conclusion.event.callID!, ready: []))
        case .settle: return .settled(Settled())
        case .release: return .released([])
        case .claim, .retry, .cancel, .pause, .register, .plan, .announce, .write, .prune,
            .stepBack, .index:
            return .refused(.broken("not in this store"))
        }
    }
}
