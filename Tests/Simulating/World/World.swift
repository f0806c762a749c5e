import Contract
import Cron
import Dispatching
import Invocations

/// One run: the product's own dispatcher, rules and store among simulated clocks, workers, disks
/// and sources, on one thread, decided by one plan.
///
/// Nothing in it waits: what takes time is an entry of the agenda, and the clock goes to the next
/// one. What Hosting does between dispatcher, store and loop is done here in its place.
final class World {
    let plan: Plan
    let chance: Chance
    let limits: Limits
    let breach: Breach?
    let zone: Zone
    let disk: any SimulatedDisk
    var agenda = Agenda<Entry>()
    var model = Model()
    var table = FaultTable()
    var trace: Trace

    /// Milliseconds since the beginning; only grows.
    var uptime: Int64 = 0
    /// By how much the wall clock is off what the uptime says, as it was set.
    private var setBy: Int64 = 0
    var host: SimulatedHost?
    private var hosts = 0
    var isAsked = false
    var flightsSoFar = 0
    var draws = 0

    /// The files of the bucket, and those that handlers staged.
    var bucket: [String: FileMark] = [:]
    var staged: Set<String> = []

    /// Faults whose time has come and whose step has not.
    var waiting: [Plan.Trouble] = []
    /// Those that were left at the end.
    private(set) var faultsLeft = 0
    var fullUntil: Int64 = 0
    /// What the store says until then.
    var heldUpBy = Refusal.diskFull
    var stalledUntil: Int64 = 0
    var renamesStalledUntil: Int64 = 0
    var lastCommitAt: Int64 = 0
    var lastAnswerAt: Int64 = 0
    /// What sources sent and have no answer to, by their numbers.
    var unanswered: [Int: Plan.Action] = [:]
    var resends: [Int: Int] = [:]
    /// Events that a source was told are accepted.
    var accepted: Set<EventID> = []
    /// The last records with a key, for publishers who repeat themselves.
    var recentKeyed: [Plan.Action] = []
    /// Outcomes of an earlier host, which come when the next one has begun.
    var late: [Change] = []
    var isDraining = false
    /// Hosts that ended while they started.
    var cutStarts = 0
    /// A rule that a source found broken.
    var broken: Violation?

    enum Job {
        case act(Plan.Action)
        case trouble(Plan.Trouble)
        case commit(Flight)
        case answer(Flight)
        case look(AttemptNumber, Int)
        case end(AttemptNumber)
        case tick, due, schedules
        case refresh(String)
        case rename(Renaming)
        case find([String])
        case boot, restart
        case aside([Change])
        case clockIsSet(Int64)
        case clockChanges, clockWillChange, clockChanged
        case nothing
    }

    struct Entry {
        var job: Job
        /// The host that it dies with.
        var host: Int?
    }

    init(
        _ plan: Plan, zone: Zone, disk: any SimulatedDisk, limits: Limits, breach: Breach?,
        isTraced: Bool
    ) {
        self.plan = plan
        self.zone = zone
        self.disk = disk
        self.limits = limits
        self.breach = breach
        chance = Chance(seed: plan.seed)
        trace = Trace(isKept: isTraced)
    }

    /// The wall clock.
    var now: Instant { plan.start + .milliseconds(uptime + setBy) }

    func setClock(by milliseconds: Int64) {
        setBy += milliseconds
        disturb()
        note("the wall clock is set by \(milliseconds) ms")
        // It is looked at once a second, whatever timers say.
        lookDue(in: 1_000)
        lookAtSchedules(in: 1_000)
    }

    /// Schedules can't be on time up to now, or some milliseconds from now.
    func disturb(for milliseconds: Int64 = 0) {
        // What was under way when the clock was set back is excused by what was before.
        model.undisturbedSince = max(model.undisturbedSince, now + .milliseconds(milliseconds))
    }

    func note(_ text: @autoclosure () -> String) { trace.note(now, text()) }

    /// Dies with the host that runs now.
    func later(_ milliseconds: Int64, _ job: Job) {
        guard let host else { return }
        agenda.add(Entry(job: job, host: host.number), at: uptime + max(0, milliseconds))
    }

    func outside(_ milliseconds: Int64, _ job: Job) {
        agenda.add(Entry(job: job, host: nil), at: uptime + max(0, milliseconds))
    }

    /// A number in 0..<1 for the dispatcher, another one each time.
    func draw() -> Double {
        draws += 1
        return chance.share(.dispatcher, UInt64(draws))
    }

    // MARK: running

    /// Runs the whole plan and then lets all that is owed end.
    nonisolated(nonsending) func run() async throws(Violation) {
        for action in plan.actions { outside(action.milliseconds, .act(action.what)) }
        for trouble in plan.troubles { outside(trouble.milliseconds, .trouble(trouble.what)) }
        outside(Plan.changeMilliseconds - 10_000, .clockChanges)
        outside(0, .boot)
        try await runAgenda { self.uptime <= self.plan.spanMilliseconds }
        try await drain()
    }

    nonisolated(nonsending) func runAgenda(
        while goesOn: () -> Bool
    ) async throws(Violation) {
        while goesOn(), let next = agenda.next() {
            uptime = max(uptime, next.at)
            if let number = next.item.host, number != host?.number { continue }
            try await perform(next.item.job)
            endTurn()
        }
    }

    private nonisolated(nonsending) func perform(_ job: Job) async throws(Violation) {
        switch job {
        case .act(let action): try await act(action)
        case .trouble(let trouble): if !isDraining { waiting.append(trouble) }
        case .commit(let flight): try await commit(flight)
        case .answer(let flight): answer(flight)
        case .look(let attempt, let place): try await look(attempt, place)
        case .end(let attempt): end(attempt)
        case .tick: tick()
        case .due: lookDue()
        case .schedules: lookAtSchedules()
        case .refresh(let name): try await refresh(name)
        case .rename(let renaming): try await rename(renaming)
        case .find(let keys): find(keys)
        case .boot: try await boot()
        case .restart: killHost("it is started anew")
        case .aside(let changes): try await commitAside(changes)
        case .clockIsSet(let milliseconds): setClock(by: milliseconds)
        case .clockChanges: beginClockChange()
        case .clockWillChange: stallForClockChange()
        case .clockChanged: table.note(.clockChange, host?.steps ?? [])
        case .nothing: break
        }
    }

    func stopTrouble() {
        isDraining = true
        faultsLeft = waiting.count
        waiting = []
    }

    // MARK: hosts

    func makeHost(_ dispatcher: Dispatcher, _ runner: ScriptedRunner) -> SimulatedHost {
        hosts += 1
        return SimulatedHost(number: hosts, dispatcher: dispatcher, runner: runner)
    }

    /// The host's process is gone; another one starts in some seconds.
    func killHost(_ why: String) {
        guard let host else { return }
        note("host \(host.number) ends: \(why)")
        self.host = nil
        fullUntil = 0
        lastCommitAt = 0
        lastAnswerAt = 0
        let pause = 2_000 + Int64(chance.below(8_000, .latency, UInt64(host.number), 9))
        outside(pause, .boot)
        for action in unanswered.sorted(by: { $0.key < $1.key }).map(\.value) {
            sendAgain(action, after: pause + 5_000)
        }
        unanswered = [:]
    }
}
