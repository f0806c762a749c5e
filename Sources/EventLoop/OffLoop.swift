import CUV
import Synchronization

/// Runs `work` on libuv's thread pool, for what would hold the loop up: disk, hashing, parsing.
///
/// Four threads serve it; more work waits in line. Cancelling the caller does not stop work that
/// has begun.
@LoopActor
package func offLoop<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        OffLoopWork { continuation.resume(with: Result { try work() }) }.start()
    }
}

/// Runs `work` on libuv's thread pool and hands its value to `done` on the loop, without a task:
/// what is called holds its owner until then.
@LoopActor
package func offLoop<Value: Sendable>(
    _ work: @escaping @Sendable () -> Value, then done: @escaping @LoopActor (Value) -> Void
) {
    let value = OffLoopValue<Value>()
    OffLoopWork {
        let result = work()
        value.slot.withLock { $0 = result }
    } ended: {
        done(value.slot.withLock { $0! })
    }.start()
}

/// Carries a value from the pool's thread to the loop's.
private final class OffLoopValue<Value: Sendable>: Sendable {
    let slot = Mutex<Value?>(nil)
}

@LoopActor
private final class OffLoopWork {
    private let request: UnsafeMutablePointer<uv_work_t> = .allocate(capacity: 1)
    nonisolated let work: @Sendable () -> Void
    private let ended: (@LoopActor () -> Void)?

    init(_ work: @escaping @Sendable () -> Void, ended: (@LoopActor () -> Void)? = nil) {
        self.work = work
        self.ended = ended
    }

    func start() {
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let code = uv_queue_work(LoopActor.executor.loop, request, runOffLoop) { request, _ in
            let data = request!.pointee.data!
            let me = Unmanaged<OffLoopWork>.fromOpaque(data).takeRetainedValue()
            LoopActor.assumeIsolated { me.finished() }
        }
        check(code, "uv_queue_work")
    }

    private func finished() {
        request.deallocate()
        ended?()
    }
}

/// Stands outside of the actor because it is the one callback that another thread runs: within,
/// the compiler would make it check that it is on the loop.
private let runOffLoop: uv_work_cb = { request in
    owner(OffLoopWork.self, of: request!.pointee.data).work()
}
