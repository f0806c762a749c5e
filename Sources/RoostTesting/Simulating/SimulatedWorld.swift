import Contract
import Cron
import Dispatching
public import FoundationEssentials
import HeapModule
import Intake
import Invocations
import Roost
import Synchronization

/// What a test sees and moves of a simulated host.
///
/// One verb at a time: each returns when everything that it caused and that is due is done.
public actor SimulatedWorld {
    let app: InProcessApp
    let faults: [SimulatedFault]
    let limits = Limits()
    let buckets: SimulatedBuckets
    let reading: SharedStore
    var store = MemoryStore()
    var agenda = Heap<Appointment>()
    var clock: Instant
    private var serial = 0
    private var random: SplitMix

    var dispatcher: Dispatcher?
    var generation = 0
    var isAsked = false
    /// When the next of each kind comes; one that comes before it is left over, and does nothing.
    var dueAt: Instant?
    var tickAt: Instant?
    var schedulesAt: Instant?
    var prunedAt = Instant.distantPast
    /// Every placement up to it is done.
    var placedThrough: Int64 = 0
    var schedules: [String: Followed] = [:]
    var routes: [HTTPTrigger] = []
    /// The ends of attempts that the host was killed at, by invocation.
    var killedAt: [Int64: Int] = [:]
    let lines: LoggedLines

    /// Something that happens at a time.
    struct Appointment: Comparable {
        let at: Instant
        let serial: Int
        /// The host that it dies with, if it does.
        let generation: Int?
        let job: Job

        static func < (left: Appointment, right: Appointment) -> Bool {
            (left.at, left.serial) < (right.at, right.serial)
        }

        static func == (left: Appointment, right: Appointment) -> Bool {
            left.serial == right.serial
        }
    }

    enum Job {
        case handle(Assignment)
        case end(AttemptEnd)
        case schedules
        case due
        case tick
        case find(bucket: String, key: String)
    }

    /// A schedule, and when it is looked at next.
    struct Followed {
        var row: ScheduleRow
        let rule: ScheduleRule
        var next: Instant?

        init(_ row: ScheduleRow, _ rule: ScheduleRule) {
            self.row = row
            self.rule = rule
            next = row.isPaused || row.isRetired ? nil : rule.next(after: row.cursor)
        }
    }

    init<App: FunctionApp>(
        _ app: App, seed: UInt64, faults: [SimulatedFault], start: Date,
        secrets: [String: String],
        web: (@Sendable (WebCall) async throws -> WebClientResponse)?
    ) throws {
        let reading = SharedStore()
        let lines = LoggedLines()
        self.reading = reading
        self.lines = lines
        random = SplitMix(seed: seed)
        self.faults = faults
        clock = Instant(milliseconds: Int64(start.timeIntervalSince1970 * 1000))
        let buckets = SimulatedBuckets()
        self.buckets = buckets
        self.app = InProcessApp(
            app,
            InProcessApp.Surroundings(
                secrets: secrets, read: { try await reading.answer($0) }, web: web,
                stage: { try buckets.stage($0, in: $1, $2) },
                log: { lines.add("\($0): \($1)") }))
        guard self.app.mistakes.isEmpty else {
            throw SimulationError(description: self.app.mistakes.joined(separator: "\n"))
        }
    }

    /// What the clock shows.
    public var now: Date { Date(timeIntervalSince1970: Double(clock.milliseconds) / 1000) }

    /// Lets time pass, with all that happens in it.
    public func advance(by duration: Duration) async throws {
        let end = clock + duration
        try await run(until: end)
        clock = end
    }

    /// Lets time pass until nothing is owed any more.
    ///
    /// - Throws: `SimulationError` where something is still owed after 30 days.
    public func settle() async throws {
        let end = clock + .days(30)
        while try await owed() > 0 {
            guard let next = agenda.min, next.at <= end else {
                throw SimulationError(
                    description: "after 30 days \(try await owed()) invocations are still owed")
            }
            try await run(until: max(clock, next.at))
        }
    }

    // MARK: chance

    /// A number in 0..<1, another one each time.
    func draw() -> Double {
        let word: UInt64 = random.next()
        return Double(word >> 11) / Double(1 << 53)
    }

    func later(_ duration: Duration, _ job: Job) { at(clock + duration, job) }

    func at(_ time: Instant, _ job: Job) {
        serial += 1
        agenda.insert(
            Appointment(at: max(time, clock), serial: serial, generation: generation, job: job))
    }

    /// Looks at a key of a bucket, whichever host is there then.
    func look(at key: String, in bucket: String) {
        serial += 1
        let job = Job.find(bucket: bucket, key: key)
        agenda.insert(Appointment(at: clock, serial: serial, generation: nil, job: job))
    }
}

/// What handlers log, from whatever thread.
final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    var all: [String] { lines.withLock { $0 } }
}
