import Contract
import Dispatching
import Invocations
import Testing

/// A dispatcher with a small store and a runner that does as told, driven by hand.
final class Desk {
    static let start = Instant(milliseconds: 1_795_406_400_000)

    let store = TinyStore()
    let runner = ScriptedRunner()
    var now = Desk.start
    private(set) var dispatcher: Dispatcher!
    /// How often the dispatcher asked for a page since the last one was taken.
    private(set) var asked = 0

    init(
        _ functions: [FunctionDeclaration] = [Desk.function("send-receipt")], slots: Int = 8,
        limits: Limits = Limits()
    ) {
        dispatcher = Dispatcher(
            registry: Desk.registry(functions), runner: runner, slots: slots, limits: limits,
            clock: { [unowned self] in now }, chance: { 0.5 },
            changed: { [unowned self] in asked += 1 })
    }

    static func function(
        _ name: String, concurrencyMax: Int? = nil, priority: Priority = .normal,
        retry: Retry = .fixed(.seconds(10), attempts: 3), input: InputKind = .command
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name: name, input: input,
            policies: Policies(retry: retry, concurrencyMax: concurrencyMax, priority: priority))
    }

    /// Rows are numbered from 1; behind them comes one of a function that is gone.
    static func registry(_ functions: [FunctionDeclaration]) -> Registry {
        var rows = functions.enumerated().map { place, function in
            row(Int64(place + 1), function.name, isDeclared: true)
        }
        rows.append(row(99, "old", isDeclared: false))
        return Registry(declarations: functions, rows: rows)
    }

    private static func row(_ number: Int64, _ name: String, isDeclared: Bool)
        -> Registered.Function
    {
        Registered.Function(
            number: FunctionNumber(number), name: name, isPaused: false, isDeclared: isDeclared,
            owed: 0)
    }

    var running: [Assignment] { runner.running }

    /// Takes one page to the store and hands its answers back; false where there is none.
    @discardableResult
    func turn() -> Bool {
        asked = 0
        guard let page = dispatcher.takePage() else { return false }
        page.deliver(store.apply(page.changes))
        return true
    }

    /// Turns until nobody asks for a page any more; a dispatcher that asks without end is a bug.
    func turns(max: Int = 200, _ location: SourceLocation = #_sourceLocation) {
        var count = 0
        repeat {
            count += 1
            guard count <= max else {
                Issue.record(
                    "the dispatcher still asks after \(max) turns", sourceLocation: location)
                return
            }
        } while turn() || asked > 0
    }

    func record(
        _ number: Int64 = 1, start: Owed.Start = .whenClaimed,
        watcher: ((Dispatcher.Notice) -> Void)? = nil
    ) {
        let event = NewEvent(kind: .command, subject: "f", acceptedAt: now, data: Array("{}".utf8))
        dispatcher.record(
            Record(event: event, owed: [Owed(function: FunctionNumber(number), start: start)]),
            watcher: watcher
        ) { _ in }
    }

    func records(_ count: Int, of number: Int64 = 1) {
        for _ in 0..<count { record(number) }
        turns()
    }

    /// Ends an attempt that runs, and turns until all is quiet.
    func end(
        _ assignment: Assignment, _ outcome: Outcome = .succeeded, reads: [DocumentRead] = [],
        effects: [Effect] = [], response: ResponseData? = nil
    ) {
        tell(assignment, outcome, reads: reads, effects: effects, response: response)
        turns()
    }

    /// Ends an attempt that runs, and no more.
    func tell(
        _ assignment: Assignment, _ outcome: Outcome = .succeeded, reads: [DocumentRead] = [],
        effects: [Effect] = [], response: ResponseData? = nil
    ) {
        runner.running.removeAll { $0.attempt == assignment.attempt }
        let report = Report(
            outcome: outcome, beganAt: now, duration: .milliseconds(3), reads: reads,
            effects: effects,
            response: response)
        dispatcher.ended(AttemptEnd(attempt: assignment.attempt, report: report, worker: 77))
    }

    func tick(after duration: Duration = .seconds(1)) {
        now = now + duration
        dispatcher.tick()
        turns()
    }

    func pause(_ isPaused: Bool, _ place: Int = 0) {
        dispatcher.setPaused(isPaused, function: dispatcher.registry.functions[place]) { _ in }
        turns()
    }
}

/// Keeps what it is handed until a test ends it.
final class ScriptedRunner: Runner {
    var running: [Assignment] = []
    private(set) var begun: [Assignment] = []
    private(set) var cancelled: [AttemptNumber] = []
    private(set) var dropped: [AttemptNumber] = []
    var began: (Assignment) -> Void = { _ in }
    /// What is run waits for a worker.
    var hasNoWorker = false

    func takeBack(_ isWanted: (AttemptNumber) -> Bool) -> [AttemptNumber] {
        guard hasNoWorker else { return [] }
        let taken = running.map(\.attempt).filter(isWanted)
        running.removeAll { taken.contains($0.attempt) }
        return taken
    }

    func run(_ assignment: Assignment) {
        running.append(assignment)
        begun.append(assignment)
        began(assignment)
    }

    func cancel(_ attempt: AttemptNumber) { cancelled.append(attempt) }

    func dropBody(of attempt: AttemptNumber) { dropped.append(attempt) }
}

/// Random numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
