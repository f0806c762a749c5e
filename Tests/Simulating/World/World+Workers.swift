import Contract
import Dispatching
import Invocations

/// What a worker does: begins attempts, asks for documents, reports.
extension World {
    func begin(_ assignment: Assignment, _ runner: ScriptedRunner) -> ScriptedRunner.Running {
        let role = Role.allCases[assignment.delivery.function]
        let script = Script(role, assignment.delivery, chance)
        for place in script.paths.indices {
            let pause = script.milliseconds * Int64(place) / Int64(script.paths.count)
            later(pause, .look(assignment.attempt, place))
        }
        let milliseconds = script.outcome == .timedOut ? 65_000 : script.milliseconds
        later(milliseconds, .end(assignment.attempt))
        return ScriptedRunner.Running(
            assignment: assignment, role: role, script: script, beganAt: now, beganUptime: uptime)
    }

    nonisolated(nonsending) func look(
        _ attempt: AttemptNumber, _ place: Int
    ) async throws(Violation) {
        guard let host, let running = host.runner.running[attempt] else { return }
        guard
            case .documents(let found) = try await read(
                .document(path: running.script.paths[place]))
        else { return }
        host.runner.note(found[0], of: attempt)
    }

    /// The time of an attempt has come.
    func end(_ attempt: AttemptNumber) {
        guard let host, let running = host.runner.running[attempt] else { return }
        if running.fate == .hangs, uptime - running.beganUptime < 65_000 {
            return later(65_000 - (uptime - running.beganUptime), .end(attempt))
        }
        guard var ended = host.runner.take(attempt) else { return }
        if ended.fate == .hangs { ended.ending = .timedOut }
        if ended.isCancelled { ended.ending = .failed(error: "cancelled", retryAfter: nil) }
        tell(ended, host)
    }

    /// Tells the dispatcher what became of an attempt.
    func tell(_ running: ScriptedRunner.Running, _ host: SimulatedHost) {
        let outcome = running.ending ?? running.script.outcome
        var report = Report(
            outcome: outcome, beganAt: running.beganAt,
            duration: .milliseconds(uptime - running.beganUptime))
        let hasReads = outcome == .succeeded || outcome.isRejection
        if hasReads {
            report.reads = running.reads.map { DocumentRead(path: $0.path, version: $0.version) }
        }
        if outcome == .succeeded {
            report.effects =
                running.fate == .reportsGarbage
                ? Script.garbage(chance, UInt64(uptime)) : running.script.effects(running.reads)
            for case .file(let file) in report.effects { staged.insert(file.name) }
            if running.role == .serve {
                let body = Array("\(running.assignment.delivery.invocation)".utf8)
                report.response = ResponseData(status: 200, body: .whole(body))
            }
        }
        host.dispatcher.ended(
            AttemptEnd(attempt: running.assignment.attempt, report: report, worker: 7))
    }
}

extension Outcome {
    var isRejection: Bool {
        if case .rejected = self { true } else { false }
    }
}
