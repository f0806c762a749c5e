import Admin
import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// An admin API behind a listener of its own, with a store and a runner that do as told.
@LoopActor
final class Desk {
    nonisolated static let token = "7h3-t0k3n"
    nonisolated static let now = Instant(milliseconds: 1_795_406_400_000)

    let store = ScriptedStore()
    let runner = ScriptedRunner()
    let dispatcher: Dispatcher
    let api: AdminAPI
    private let listener: HTTPListener
    private let pump: Pump

    init(
        limits: Limits = Limits(), _ change: @LoopActor (inout AdminParts) -> Void = { _ in }
    ) throws {
        let pump = Pump(store: store)
        self.pump = pump
        dispatcher = Dispatcher(
            registry: Self.registry, runner: runner, slots: 64, limits: limits, clock: { Self.now },
            chance: { 0.5 }, changed: { pump.changed() })
        pump.dispatcher = dispatcher
        runner.ended = { [unowned dispatcher] end in pump.later { dispatcher.ended(end) } }
        var parts = AdminParts(
            dispatcher: dispatcher, store: store,
            facts: HostFacts(
                version: "1.2.3", app: "Shop", pid: 42, startedAt: Self.now - .minutes(2)),
            clock: { Self.now }, backup: { _ in 4096 })
        parts.token = Self.token
        parts.limits = limits
        change(&parts)
        api = AdminAPI(parts)
        listener = try HTTPListener(SocketAddress(host: "127.0.0.1", port: 0), handler: api)
    }

    var address: SocketAddress { listener.address! }

    func close() {
        listener.close()
        api.close()
        pump.isClosed = true
    }

    static let registry = Registry(
        declarations: [
            FunctionDeclaration(name: "send-receipt", input: .command),
            FunctionDeclaration(name: "create-order", input: .request),
            FunctionDeclaration(name: "audit-order", input: .document),
            FunctionDeclaration(name: "confirm-order", input: .message),
        ],
        triggers: [
            TriggerDeclaration(
                function: "confirm-order",
                rule: .topic(pattern: "orders.*", filter: ["zone": "eu*"]))
        ],
        rows: [
            row(1, "send-receipt"), row(2, "create-order"), row(3, "audit-order"),
            row(4, "confirm-order"),
            row(9, "old", isDeclared: false),
        ])

    private static func row(_ number: Int64, _ name: String, isDeclared: Bool = true)
        -> Registered.Function
    {
        Registered.Function(
            number: FunctionNumber(number), name: name, isPaused: false, isDeclared: isDeclared,
            owed: 0)
    }
}

/// Takes the dispatcher's pages to the store, one at a time, as a host does.
@LoopActor
final class Pump {
    weak var dispatcher: Dispatcher?
    var isClosed = false
    private let store: ScriptedStore
    private var isBusy = false

    init(store: ScriptedStore) { self.store = store }

    nonisolated func changed() { LoopActor.assumeIsolated { self.begin() } }

    nonisolated func later(_ work: @escaping @LoopActor () -> Void) {
        Task { @LoopActor in work() }
    }

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

/// Opens a desk, hands it to `body` and closes it whatever happens.
@LoopActor
func withDesk(
    limits: Limits = Limits(), _ change: @LoopActor (inout AdminParts) -> Void = { _ in },
    _ body: @LoopActor (Desk) async throws -> Void
) async throws {
    let desk = try Desk(limits: limits, change)
    do {
        try await body(desk)
        desk.close()
    } catch {
        desk.close()
        throw error
    }
}
