import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// Callers who wait for the first attempt of what they sent, each up to a deadline.
///
/// One timer looks at all of them, and only while somebody waits.
@LoopActor
final class WaitingCallers {
    /// One of them.
    final class Caller {
        let exchange: HTTPExchange
        let recorded: Recorded
        fileprivate let function: FunctionNumber
        fileprivate let deadline: UInt64

        fileprivate init(
            _ exchange: HTTPExchange, _ recorded: Recorded, _ function: FunctionNumber,
            deadline: UInt64
        ) {
            self.exchange = exchange
            self.recorded = recorded
            self.function = function
            self.deadline = deadline
        }
    }

    /// How often deadlines are looked at.
    private static let look = Duration.milliseconds(100)

    private let dispatcher: Dispatcher
    private let timer = LoopTimer()
    private var callers: [InvocationNumber: Caller] = [:]
    private var isLooking = false
    private var isClosed = false
    private(set) var isDraining = false
    /// Called for each who has waited long enough.
    var gaveUp: (@LoopActor (Caller) -> Void)?

    init(dispatcher: Dispatcher) { self.dispatcher = dispatcher }

    /// How many wait now.
    var count: Int { callers.count }

    /// Those who wait for a function, or for any.
    func all(for function: FunctionNumber?) -> [Caller] {
        callers.values.filter { function == nil || $0.function == function }
    }

    func add(
        _ exchange: HTTPExchange, _ recorded: Recorded, of function: FunctionNumber,
        for wait: Duration
    ) {
        let invocation = InvocationNumber(event: recorded.number, ordinal: 0)
        let deadline = LoopActor.uptimeNanoseconds + wait.millisecondsRoundedUp * 1_000_000
        callers[invocation] = Caller(exchange, recorded, function, deadline: deadline)
        exchange.onClose = { [weak self] in self?.remove(invocation) }
        lookLater()
    }

    /// Forgets one whose attempt has ended or who is gone.
    func remove(_ invocation: InvocationNumber) {
        guard callers.removeValue(forKey: invocation) != nil else { return }
        dispatcher.stopWatching(invocation)
    }

    /// Lets go of all of them, and of whoever comes later.
    func drain() {
        isDraining = true
        for invocation in Array(callers.keys) { giveUp(invocation) }
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        timer.close()
        callers = [:]
    }

    private func lookLater() {
        guard !isLooking, !isClosed else { return }
        isLooking = true
        timer.schedule(after: Self.look) { [weak self] in self?.lookAround() }
    }

    private func lookAround() {
        isLooking = false
        let now = LoopActor.uptimeNanoseconds
        for (invocation, caller) in callers where caller.deadline <= now { giveUp(invocation) }
        if !callers.isEmpty { lookLater() }
    }

    private func giveUp(_ invocation: InvocationNumber) {
        guard let caller = callers[invocation] else { return }
        remove(invocation)
        caller.exchange.onClose = nil
        gaveUp?(caller)
    }
}
