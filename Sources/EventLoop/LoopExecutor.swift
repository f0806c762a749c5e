import CUV
import Glibc
import Synchronization

/// The libuv loop as a Swift executor.
///
/// One turn of the loop is: timers, what was enqueued, the owners that registered for the turn's
/// end, then the wait for the kernel, its callbacks, and the same again. Jobs from other threads
/// wake the loop through one `uv_async_t`; jobs from the loop's own thread need no wake-up, for
/// they run before it waits. What is written in a turn leaves in one write at its end.
package final class LoopExecutor: SerialExecutor, TaskExecutor, @unchecked Sendable {
    // because `jobs` is locked, `thread` is written before anything can enqueue, and all else is
    // touched on the loop's thread only.
    let loop: UnsafeMutablePointer<uv_loop_t> = .allocate(capacity: 1)
    private let wakeUp: UnsafeMutablePointer<uv_async_t> = .allocate(capacity: 1)
    private let beforeWait: UnsafeMutablePointer<uv_prepare_t> = .allocate(capacity: 1)
    private let afterCallbacks: UnsafeMutablePointer<uv_check_t> = .allocate(capacity: 1)
    private var thread = pthread_t()
    private let jobs = Mutex<[UnownedJob]>([])
    private var running: [UnownedJob] = []
    private var turnEnds: [any TurnEnd] = []
    private var ending: [any TurnEnd] = []
    var lag = LoopLag()

    /// How often one turn looks for work that its own end made; what is left waits for the next.
    private static let roundsPerTurnMax = 16

    init() {
        // A peer that went away shall be an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        check(uv_loop_init(loop), "uv_loop_init")
        check(uv_loop_configure_idle_time(loop), "uv_loop_configure")
        let woken: uv_async_cb = { owner(LoopExecutor.self, of: $0!.pointee.data).runJobs() }
        check(uv_async_init(loop, wakeUp, woken), "uv_async_init")
        check(uv_prepare_init(loop, beforeWait), "uv_prepare_init")
        check(uv_check_init(loop, afterCallbacks), "uv_check_init")
        let me = Unmanaged.passUnretained(self).toOpaque()
        wakeUp.pointee.data = me
        beforeWait.pointee.data = me
        afterCallbacks.pointee.data = me
        let prepare: uv_prepare_cb = {
            owner(LoopExecutor.self, of: $0!.pointee.data).beforeWaiting()
        }
        check(uv_prepare_start(beforeWait, prepare), "uv_prepare_start")
        let ended: uv_check_cb = { owner(LoopExecutor.self, of: $0!.pointee.data).endTurn() }
        check(uv_check_start(afterCallbacks, ended), "uv_check_start")
        startThread()
    }

    /// True on the thread that runs the loop.
    package var isCurrentThread: Bool { pthread_equal(pthread_self(), thread) != 0 }

    /// Takes a job from any thread: one of the loop's own runs before the loop waits, any other
    /// wakes it.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if isFirst, !isCurrentThread { uv_async_send(wakeUp) }
    }

    /// What Swift keeps of it; the executor lives as long as the process.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Preferred by a task, a wait of it that ends elsewhere is resumed here at once: without, Swift
    /// resumes it on its own pool and only then moves it to the loop, which costs two switches of
    /// threads.
    package func asUnownedTaskExecutor() -> UnownedTaskExecutor {
        UnownedTaskExecutor(ordinary: self)
    }

    /// Traps on every thread but the loop's.
    package func checkIsolated() {
        precondition(isCurrentThread, "this code belongs on the loop's thread")
    }

    /// Never nil: the thread tells.
    package func isIsolatingCurrentContext() -> Bool? { isCurrentThread }

    /// Asks for one call of `turnEnds()` before the loop waits again.
    func register(_ owner: any TurnEnd) {
        assert(isCurrentThread, "a turn's end is registered from within the turn")
        turnEnds.append(owner)
    }

    private func startThread() {
        let started = StartGate()
        let start = ThreadStart(executor: self, started: started)
        let context = Unmanaged.passRetained(start).toOpaque()
        var id = pthread_t()
        let code = pthread_create(
            &id, nil,
            { context in
                let start = Unmanaged<ThreadStart>.fromOpaque(context!).takeRetainedValue()
                start.executor.thread = pthread_self()
                start.started.open()
                uv_run(start.executor.loop, UV_RUN_DEFAULT)
                return nil
            }, context)
        precondition(code == 0, "the loop's thread starts")
        started.wait()
    }

    private func beforeWaiting() {
        endTurn()
        lag.turnEnded(idle: uv_metrics_idle_time(loop), now: uv_hrtime())
    }

    private func endTurn() {
        for _ in 0..<Self.roundsPerTurnMax {
            runJobs()
            if turnEnds.isEmpty, jobs.withLock({ $0.isEmpty }) { return }
            swap(&turnEnds, &ending)
            for owner in ending { LoopActor.assumeIsolated { owner.turnEnds() } }
            ending.removeAll(keepingCapacity: true)
        }
        // Something makes work without end: the kernel gets its turn, and this goes on after it.
        uv_async_send(wakeUp)
    }

    private func runJobs() {
        jobs.withLock { swap(&$0, &running) }
        let (isolation, preference) = (asUnownedSerialExecutor(), asUnownedTaskExecutor())
        for job in running { job.runSynchronously(isolatedTo: isolation, taskExecutor: preference) }
        running.removeAll(keepingCapacity: true)
    }
}

/// What wants to act once before the loop waits: a stream that writes, a batch that leaves.
@LoopActor
package protocol TurnEnd: AnyObject, Sendable {
    /// Called once for each registration, on the loop.
    func turnEnds()
}

extension LoopActor {
    /// Asks for one call of `owner.turnEnds()` before the loop waits again.
    @LoopActor package static func atTurnEnd(_ owner: any TurnEnd) { executor.register(owner) }
}

private final class ThreadStart: Sendable {
    let executor: LoopExecutor
    let started: StartGate

    init(executor: LoopExecutor, started: StartGate) {
        self.executor = executor
        self.started = started
    }
}
