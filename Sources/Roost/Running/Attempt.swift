import Contract
import EventLoop
import Synchronization

/// One attempt while it runs: what it is for, what it has done so far, and who has the last word.
///
/// The thread that runs the handler and the loop's thread share it. The first one to call `end`
/// reports the outcome; the other one's is dropped.
final class Attempt: Sendable {
    /// The host's number for it, which is never 0.
    let number: UInt32
    let delivery: Delivery
    /// The names of the secrets that it may read; nil lets it read all.
    let secrets: [String]?
    let host: any AttemptHost
    private let record = Mutex(AttemptRecord())
    private let began = Atomic<UInt64>(0)
    private let hasEnded = Atomic<Bool>(false)
    private let cancellation = Atomic<UInt8>(0)
    private let calls = Atomic<Int>(0)
    private let task = Mutex<RunningTask?>(nil)

    init(number: UInt32, delivery: Delivery, secrets: [String]?, host: any AttemptHost) {
        self.number = number
        self.delivery = delivery
        self.secrets = secrets
        self.host = host
    }

    /// When the handler began, on the loop's clock; nil while it has not.
    var beganNanoseconds: UInt64? {
        let began = began.load(ordering: .acquiring)
        return began == 0 ? nil : began
    }

    /// Says that the handler begins.
    func begin() { began.store(LoopActor.uptimeNanoseconds, ordering: .releasing) }

    /// Moves the beginning, for the process was away and the handler with it.
    func excuse(nanoseconds: UInt64) { began.add(nanoseconds, ordering: .relaxed) }

    /// True once someone reports the outcome.
    var isEnded: Bool { hasEnded.load(ordering: .acquiring) }

    /// True for the first who asks: that one reports the outcome.
    func end() -> Bool {
        hasEnded.compareExchange(
            expected: false, desired: true, ordering: .acquiringAndReleasing
        ).exchanged
    }

    /// Why the task was cancelled, if it was.
    enum Cancellation: UInt8 { case none, byHost, timeout }

    var cancelled: Cancellation {
        Cancellation(rawValue: cancellation.load(ordering: .acquiring))!
    }

    /// Cancels the handler's task, now or when it begins; the first reason stays.
    func cancel(_ reason: Cancellation) {
        _ = cancellation.compareExchange(
            expected: 0, desired: reason.rawValue, ordering: .acquiringAndReleasing)
        task.withLock { $0?.task.cancel() }
    }

    /// Lets the current task be cancelled while `body` runs in it.
    ///
    /// A handler may compute for long before it first suspends, and only then does whoever started
    /// its task get hold of it; so the task itself says which one it is.
    func run(_ body: () async -> Void) async {
        withUnsafeCurrentTask { current in
            guard let current else { return }
            task.withLock { $0 = RunningTask(task: current) }
            if cancelled != .none { current.cancel() }
        }
        await body()
        task.withLock { $0 = nil }
    }

    /// The task that runs the handler.
    private struct RunningTask: @unchecked Sendable {
        // because it is only ever cancelled, under the lock, and goes before the task ends
        let task: UnsafeCurrentTask
    }

    /// Counts the calls that carry an idempotency key, from 1.
    func nextCall() -> Int { calls.add(1, ordering: .relaxed).newValue }

    func withRecord<Result: Sendable>(
        _ body: (inout AttemptRecord) throws -> Result
    ) rethrows -> Result {
        try record.withLock { try body(&$0) }
    }

    /// The effects so far; the attempt begins anew, without any.
    func startOver() -> [Effect] {
        record.withLock { record in
            defer { record = AttemptRecord() }
            return record.effects
        }
    }

    /// The reads and effects as they are now; the attempt takes no more.
    func close(as stage: AttemptRecord.Stage) -> (reads: [DocumentRead], effects: [Effect]) {
        record.withLock { record in
            record.move(to: stage)
            return (record.reads, record.effects)
        }
    }
}

/// What an attempt gets from whoever runs it: a worker, or a rehearsal.
protocol AttemptHost: AnyObject, Sendable {
    var limits: EffectLimits { get }
    /// The names of all functions of the app; nil lets any name pass.
    var functions: Set<String>? { get }
    func secret(_ name: String) -> String?
    /// Answers a read, with one entry for a single document, found or not.
    func ask(_ question: WorkerRead, for attempt: Attempt) async throws -> [HostReply.Found]
    /// Calls another service; throws a `WebClientError` where no answer came.
    func exchange(_ call: WebCall) async throws -> WebClientResponse
    func log(_ line: WorkerLog, for attempt: Attempt)
    /// Makes an empty file that goes to a bucket by the attempt's commit.
    func stage(in bucket: String) async throws -> any FileStage
}
