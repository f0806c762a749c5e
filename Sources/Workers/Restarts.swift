import EventLoop

/// When missing workers of one kind are started: at once, or after a while where some died at once.
///
/// The pool has one for its own workers and one for those apart, so that neither waits for the
/// deaths of the other. What to start is decided when the wait is over, not when it begins.
@LoopActor
final class Restarts {
    private var backoff = RestartBackoff()
    private let timer = LoopTimer()
    private var isWaiting = false

    /// Open until `close`.
    init() {}

    /// One could not be started, or ended before it was of any use.
    func diedAtOnce() { backoff.diedAtOnce() }

    /// One was of use: the next is started at once.
    func lived() { backoff.lived() }

    /// Calls `start` at once, or after the backoff; while one waits for it, another is not needed.
    func begin(_ start: @escaping @LoopActor () -> Void) {
        let delay = backoff.delay
        guard delay > .zero else {
            isWaiting = false
            timer.cancel()
            return start()
        }
        guard !isWaiting else { return }
        isWaiting = true
        timer.schedule(after: delay) { [unowned self] in
            isWaiting = false
            start()
        }
    }

    /// Ends it; it must be called once before the last reference goes.
    func close() { timer.close() }
}
