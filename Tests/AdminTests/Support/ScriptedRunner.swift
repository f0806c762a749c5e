import Contract
import EventLoop
import Invocations

/// Ends every attempt as a test says, in a later turn; or never.
final class ScriptedRunner: Runner {
    var outcome: Outcome?
    var response: ResponseData?
    private(set) var deliveries: [Delivery] = []
    private(set) var cancelled: [AttemptNumber] = []
    var ended: (AttemptEnd) -> Void = { _ in }

    func run(_ assignment: Assignment) {
        deliveries.append(assignment.delivery)
        guard let outcome else { return }
        let report = Report(
            outcome: outcome, beganAt: Desk.now, duration: .milliseconds(3), response: response)
        ended(AttemptEnd(attempt: assignment.attempt, report: report, worker: 77))
    }

    func cancel(_ attempt: AttemptNumber) { cancelled.append(attempt) }
}
