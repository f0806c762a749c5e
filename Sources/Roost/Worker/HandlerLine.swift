import DequeModule
import Glibc
import Synchronization

/// Hands attempts to the threads of Swift's pool, with as few wakes of threads as it takes.
///
/// A task for each attempt would wake a thread for each. Here one runner takes attempts from a
/// line and starts each handler where it stands; one that suspends goes on as any task does, and
/// its runner takes the next. A line that is not emptied within a tick of its owner gets another
/// runner, up to one for each processor: a handler that computes holds nobody else up for longer,
/// and one that never gives its thread back costs the pool a thread and the line a runner, no more.
///
/// What a runner's handlers report stays in the outbox until the line is empty, or the owner ticks.
final class HandlerLine: Sendable {
    private struct State {
        var waiting: Deque<AttemptRun> = []
        var runners = 0
        /// True when nothing waited at some time since the last tick.
        var wasEmpty = true
    }

    /// What a runner starts before it goes to the end of the pool's queue.
    private static let attemptsPerTurn = 32

    private let outbox: Outbox
    private let state = Mutex(State())
    private let runnersMax = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    init(outbox: Outbox) { self.outbox = outbox }

    /// Puts attempts at the end of the line and leaves `runs` empty.
    func add(_ runs: inout [AttemptRun]) {
        let needsRunner = state.withLock { state in
            state.waiting.append(contentsOf: runs)
            guard state.runners == 0 else { return false }
            state.runners = 1
            return true
        }
        runs.removeAll(keepingCapacity: true)
        if needsRunner { startRunner() }
    }

    /// Looks whether the line moves; false once no runner is at work, so that nothing is to be seen.
    func tick() -> Bool {
        let (isAtWork, needsRunner) = state.withLock { state in
            let isSlow = !state.wasEmpty && !state.waiting.isEmpty
            state.wasEmpty = state.waiting.isEmpty
            guard isSlow, state.runners < runnersMax else { return (state.runners > 0, false) }
            state.runners += 1
            return (true, true)
        }
        if needsRunner { startRunner() }
        return isAtWork
    }

    private func startRunner() {
        // Nobody waits for it: it ends when the line is empty.
        _ = Task.detached { self.serve() }
    }

    private func serve() {
        outbox.hold()
        defer { outbox.release() }
        for _ in 0..<Self.attemptsPerTurn {
            guard let run = next() else { return }
            // Nobody waits for it: the attempt knows its task, and reports when it ends.
            _ = Task.immediateDetached { await run.run() }
        }
        // Handlers that go on after a wait stand in the pool's queue: they get the thread first.
        startRunner()
    }

    private func next() -> AttemptRun? {
        state.withLock { state in
            if let run = state.waiting.popFirst() { return run }
            state.wasEmpty = true
            state.runners -= 1
            return nil
        }
    }
}
