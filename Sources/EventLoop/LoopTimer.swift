import CUV

/// A timer on the loop's monotonic clock, with a resolution of a millisecond.
@LoopActor
package final class LoopTimer {
    private let handle = LoopHandle<uv_timer_t>()
    private var fire: (@LoopActor () -> Void)?
    private var repeats = false

    /// True while a timer calls back. libuv runs all that is due before it does anything else, so
    /// a timer that is always due again at once would never let it.
    private static var isFiring = false

    /// Opens a timer that fires nothing yet. Whoever opens it closes it.
    package init() {
        check(uv_timer_init(LoopActor.executor.loop, handle.pointer), "uv_timer_init")
        handle.opened(by: self)
    }

    /// Calls `fire` once after `delay`, or then again and again; replaces what was scheduled before.
    ///
    /// Fractions of a millisecond are rounded up, a negative delay counts as zero, and zero
    /// means the next turn of the loop: one that is scheduled by a timer waits a millisecond.
    /// The loop's clock counts whole milliseconds, so a timer may be early by less than one.
    package func schedule(
        after delay: Duration, repeating: Bool = false, _ fire: @escaping @LoopActor () -> Void
    ) {
        precondition(handle.isOpen, "a closed timer is not scheduled")
        self.fire = fire
        repeats = repeating
        let milliseconds = max(Self.isFiring ? 1 : 0, delay.millisecondsRoundedUp)
        uv_update_time(LoopActor.executor.loop)
        check(
            uv_timer_start(
                handle.pointer,
                { timer in
                    let me = owner(LoopTimer.self, of: timer!.pointee.data)
                    LoopActor.assumeIsolated { me.fired() }
                }, milliseconds, repeating ? max(1, milliseconds) : 0), "uv_timer_start")
    }

    private func fired() {
        let due = fire
        if !repeats { fire = nil }
        Self.isFiring = true
        due?()
        Self.isFiring = false
    }

    /// Forgets what was scheduled.
    package func cancel() {
        guard handle.isOpen else { return }
        uv_timer_stop(handle.pointer)
        fire = nil
    }

    /// Ends the timer; it must be called once before the last reference goes.
    package func close() {
        cancel()
        handle.close(holding: self)
    }

    isolated deinit { assert(!handle.isOpen, "a timer is closed before it is dropped") }
}

extension Duration {
    /// Whole milliseconds, rounded up; zero for what is negative, the maximum for what is too long.
    package var millisecondsRoundedUp: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1000)
        if overflow { return .max }
        return whole + UInt64((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

extension LoopTimer {
    /// Suspends for a while; cancelling the task does not end it.
    package static func wait(_ delay: Duration) async {
        let timer = LoopTimer()
        await withCheckedContinuation { continuation in
            timer.schedule(after: delay) { continuation.resume() }
        }
        timer.close()
    }
}
