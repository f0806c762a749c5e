import Contract
import Dispatching
import Invocations

/// Runs attempts as the script of their function says; the world tells it the time.
final class ScriptedRunner: Runner {
    /// One attempt under way.
    struct Running {
        let assignment: Assignment
        let role: Role
        let script: Script
        let beganAt: Instant
        let beganUptime: Int64
        var reads: [HostReply.Found] = []
        var isCancelled = false
        var fate: Fate?
        /// How it ends, in place of what its script says.
        var ending: Outcome?
    }

    /// What happens to an attempt that no script asks for.
    enum Fate {
        case hangs
        case reportsGarbage
    }

    private(set) var running: [AttemptNumber: Running] = [:]
    private let begin: (Assignment, ScriptedRunner) -> Running

    /// - Parameter begin: makes the attempt's script and sees to it that its times come.
    init(begin: @escaping (Assignment, ScriptedRunner) -> Running) { self.begin = begin }

    func run(_ assignment: Assignment) {
        running[assignment.attempt] = begin(assignment, self)
    }

    func cancel(_ attempt: AttemptNumber) { running[attempt]?.isCancelled = true }

    func note(_ found: HostReply.Found, of attempt: AttemptNumber) {
        running[attempt]?.reads.append(found)
    }

    func doom(_ attempt: AttemptNumber, _ fate: Fate) { running[attempt]?.fate = fate }

    func take(_ attempt: AttemptNumber) -> Running? { running.removeValue(forKey: attempt) }

    /// In the order in which they began.
    var inOrder: [(attempt: AttemptNumber, running: Running)] {
        running.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }
}
