import DequeModule
import Glibc
import Synchronization

/// Hands attempts to the threads of Swift's pool: as many at a time as the pool has threads.
///
/// A task for each attempt would wake a thread for each. Here a few runners take attempts from one
/// line and start each handler where they stand; one that suspends goes on as any task does, and
/// its runner takes the next. A handler that never gives its thread back costs the pool a thread
/// and the line a runner, no more.
final class HandlerLine: Sendable {
    private struct State {
        var waiting: Deque<AttemptRun> = []
        var runners = 0
    }

    /// What a runner starts before it goes to the end of the pool's queue.
    private static let attemptsPerTurn = 32

    private let state = Mutex(State())
    private let runnersMax = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Puts an attempt at the end of the line.
    func add(_ run: AttemptRun) {
        let needsRunner = state.withLock { state in
            state.waiting.append(run)
            guard state.runners < runnersMax else { return false }
            state.runners += 1
            return true
        }
        if needsRunner { startRunner() }
    }

    private func startRunner() {
        // Nobody waits for it: it ends when the line is empty.
        _ = Task.detached { self.serve() }
    }

    private func serve() {
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
            state.runners -= 1
            return nil
        }
    }
}
