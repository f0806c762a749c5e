import Contract
import Invocations

/// Invocations as a store shows them.
enum Sample {
    static let event = EventID(.event, number: 5, at: Desk.now)
    static let number = InvocationNumber(event: EventNumber(5), ordinal: 0)
    static let id = EventID(.invocation, number: number.rawValue, at: Desk.now)

    static func summary(
        _ state: InvocationState = .dead, function: Int64 = 1, error: String? = nil
    ) -> InvocationSummary {
        InvocationSummary(
            id: id, number: number, event: event, function: FunctionNumber(function), state: state,
            charged: 2,
            runs: 3, acceptedAt: Desk.now, startedAt: Desk.now + .milliseconds(5),
            finishedAt: Desk.now + .milliseconds(9), error: error)
    }

    static func detail(_ state: InvocationState, outcome: String, error: String? = nil)
        -> InvocationDetail
    {
        InvocationDetail(
            summary: summary(state, error: error),
            history: [
                AttemptRecord(
                    number: 3, outcome: outcome, error: error, beganAt: Desk.now + .milliseconds(5),
                    endedAt: Desk.now + .milliseconds(9), worker: 77)
            ])
    }

    static let status: StoreStatus = {
        var counts = StoreStatus.Counts()
        counts[.ready] = 3
        counts[.succeeded] = 10
        counts[.dead] = 2
        var first = StoreStatus.Counts()
        first[.ready] = 3
        first[.dead] = 2
        var gone = StoreStatus.Counts()
        gone[.scheduled] = 4
        return StoreStatus(
            recorded: 16, pruned: 1, counts: counts,
            functions: [FunctionNumber(1): first, FunctionNumber(9): gone],
            fileBytes: 8192, walBytes: 4096)
    }()
}
