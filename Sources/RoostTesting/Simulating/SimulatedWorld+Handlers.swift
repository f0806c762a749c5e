import Contract
import Dispatching
import Invocations
import Roost

/// How attempts of a simulation run.
extension SimulatedWorld {
    func handle(_ assignment: Assignment) async throws {
        let delivery = assignment.delivery
        var directory: String?
        if delivery.event.kind == .file {
            let bucket = delivery.event.subject.utf8.prefix { $0 != UInt8(ascii: "/") }
            directory = try buckets.directory(of: String(Substring(bucket)))
        }
        let number = assignment.attempt.rawValue
        var report = await app.run(number, delivery, directory: directory, at: clock)
        if happens(\.duplicateShare) {
            report = await app.run(number, delivery, directory: directory, at: clock)
        }
        if happens(\.crashShare) {
            report = Report(
                outcome: .crashed(error: "the simulation ended its worker"), beganAt: clock,
                duration: .zero)
        }
        let milliseconds = 1 + Int64(draw() * 20)
        report.duration = .milliseconds(milliseconds)
        later(
            report.duration,
            .end(AttemptEnd(attempt: assignment.attempt, report: report, worker: 1)))
    }

    func happens(_ fault: KeyPath<SimulatedFault, Double?>) -> Bool {
        guard let share = faults.lazy.compactMap({ $0[keyPath: fault] }).first else { return false }
        return draw() < share
    }
}

extension SimulatedFault {
    var duplicateShare: Double? {
        if case .duplicates(let share) = self { share } else { nil }
    }

    var crashShare: Double? {
        if case .workerCrashes(let share) = self { share } else { nil }
    }
}
