import EventLoop
import Synchronization

/// Tells whether the pool that runs handlers still turns: a task through it, again and again.
@LoopActor
final class PoolProbe {
    private nonisolated let answered = Atomic<UInt64>(0)
    private var sent: UInt64 = 0
    private var waitingSince: UInt64 = 0

    nonisolated init() {}

    /// Sends a task through the pool, unless one is under way.
    func send(now: UInt64) {
        guard hasAnswered(since: sent) else { return }
        sent = now
        waitingSince = now
        // Nobody waits for it: it ends as soon as the pool takes it.
        _ = Task.detached { [self] in answered.store(now, ordering: .releasing) }
    }

    /// True where a task that was sent at that moment or later has come through.
    func hasAnswered(since moment: UInt64) -> Bool { answered.load(ordering: .acquiring) >= moment }

    /// How long the pool has left a task waiting, in nanoseconds; 0 where none waits.
    func silence(now: UInt64) -> UInt64 { hasAnswered(since: sent) ? 0 : now - waitingSince }

    /// Starts to count anew, for the process was away and the pool with it.
    func excuse(now: UInt64) { waitingSince = now }
}
