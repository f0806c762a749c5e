import Contract
import Dispatching
import Hosting
import Intake
import Invocations

/// The parts of one host that live in its memory, and end with it.
final class SimulatedHost {
    let number: Int
    let dispatcher: Dispatcher
    let runner: ScriptedRunner
    /// Pages on their way, in order.
    var flights: [Flight] = []
    /// Files on their way to their names.
    var renamings: [Renaming] = []
    var schedules: [String: Followed] = [:]
    var keysInFlight: Set<[UInt8]> = []
    var clockSteps = ClockSteps()
    var ticks = 0
    /// When ticks come, what waits is looked at, and schedules are: one appointment each.
    var nextTickAt: Int64?
    var nextDueLookAt: Int64?
    var nextScheduleLookAt: Int64?
    var dueAt: Instant?
    var isPruning = false
    /// Every placement up to it is done.
    var placedThrough: Int64 = 0
    /// The store said that it writes no more.
    var isBroken = false

    /// A schedule, and when it is looked at next.
    struct Followed {
        var row: ScheduleRow
        let rule: ScheduleRule
        var next: Instant?
        var isFiring = false

        init(_ row: ScheduleRow, _ rule: ScheduleRule) {
            self.row = row
            self.rule = rule
            next = row.isPaused || row.isRetired ? nil : rule.next(after: row.cursor)
        }
    }

    init(number: Int, dispatcher: Dispatcher, runner: ScriptedRunner) {
        self.number = number
        self.dispatcher = dispatcher
        self.runner = runner
    }

    /// What is under way.
    var steps: Set<Step> {
        flights.reduce(into: renamings.isEmpty ? [] : [.rename]) { $0.formUnion($1.steps) }
    }

    var isBusy: Bool { dispatcher.held > 0 || !flights.isEmpty || !renamings.isEmpty }
}

/// A batch of files on its way to their names.
final class Renaming {
    let placements: [Placement]
    private var done: (() -> Void)?
    var trouble: Plan.Trouble?

    init(_ placements: [Placement], done: @escaping () -> Void) {
        self.placements = placements
        self.done = done
    }

    /// Says, once, that it is done or that it was tried.
    func tell() {
        done?()
        done = nil
    }
}
