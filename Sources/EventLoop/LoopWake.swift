import CUV
import Synchronization

/// Lets any thread call the loop without a task: however often it is woken before the loop gets
/// to it, `onWake` is called once.
///
/// A task that is resumed does not do: Swift resumes it on its own pool and only then moves it to
/// the loop, which costs two switches of threads and never happens while the pool stands still.
@LoopActor
package final class LoopWake {
    private let handle = LoopHandle<uv_async_t>()
    /// What the loop does when it was woken.
    package var onWake: (@LoopActor () -> Void)?
    private let isClosed = Mutex(false)
    // because `uv_async_send` is the one call that libuv allows from any thread, and the lock keeps
    // the handle from being freed meanwhile
    private nonisolated(unsafe) let async: UnsafeMutablePointer<uv_async_t>

    /// Opens it on the loop. Whoever opens it closes it.
    package init() {
        async = handle.pointer
        check(
            uv_async_init(LoopActor.executor.loop, async) { async in
                let me = owner(LoopWake.self, of: async!.pointee.data)
                LoopActor.assumeIsolated { me.onWake?() }
            }, "uv_async_init")
        handle.opened(by: self)
    }

    /// Wakes the loop from any thread; does nothing after `close`, of which a thread may not have
    /// heard.
    package nonisolated func wake() {
        isClosed.withLock { isClosed in
            if !isClosed { uv_async_send(async) }
        }
    }

    /// Ends it; it must be called once before the last reference goes.
    package func close() {
        onWake = nil
        isClosed.withLock { $0 = true }
        handle.close(holding: self)
    }

    isolated deinit { assert(!handle.isOpen, "a wake is closed before it is dropped") }
}
