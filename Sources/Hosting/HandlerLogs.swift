import Admin
import Contract
import DequeModule

/// What handlers logged lately, for whoever looks at an invocation.
struct HandlerLogs {
    /// The invocations whose lines are kept, and the lines of each.
    static let invocationsMax = 1_000
    static let linesMax = 100

    private var lines: [EventID: [LogView]] = [:]
    private var order: Deque<EventID> = []

    mutating func add(_ line: LogView, to invocation: EventID) {
        if lines[invocation] == nil {
            order.append(invocation)
            if order.count > Self.invocationsMax { lines[order.removeFirst()] = nil }
        }
        lines[invocation, default: []].append(line)
        if lines[invocation]!.count > Self.linesMax { lines[invocation]!.removeFirst() }
    }

    subscript(invocation: EventID) -> [LogView] { lines[invocation] ?? [] }
}
