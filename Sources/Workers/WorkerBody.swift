import Contract
package import EventLoop
package import Invocations

/// The body of a response on its way from a worker to a caller.
///
/// Nothing of it arrives before `start`, and never more than the window that the reader renews.
@LoopActor
package final class WorkerBody {
    /// The attempt that answers with it.
    package let attempt: AttemptNumber
    /// Let go of at the end.
    private var worker: Worker?
    private var onBytes: (@LoopActor (UnsafeRawBufferPointer) -> Void)?
    private var onEnd: (@LoopActor (Bool) -> Void)?
    private var credit = 0
    private(set) var isEnded = false

    init(attempt: AttemptNumber, worker: Worker) {
        self.attempt = attempt
        self.worker = worker
    }

    /// Begins to take it; `onEnd` is called once, with false where it broke off.
    package func start(
        onBytes: @escaping @LoopActor (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping @LoopActor (Bool) -> Void
    ) {
        guard !isEnded else { return onEnd(false) }
        self.onBytes = onBytes
        self.onEnd = onEnd
        renew(Frame.bodyWindowBytes)
    }

    /// Says that so many bytes have been taken on.
    package func renew(_ bytes: Int) {
        guard !isEnded, bytes > 0 else { return }
        credit += bytes
        worker?.send(.window, attempt.rawValue) { $0.append(count: bytes) }
    }

    /// Nobody wants the rest.
    package func abandon() {
        guard !isEnded else { return }
        worker?.send(.abandon, attempt.rawValue) { _ in }
        worker?.forget(self)
        end(whole: false)
    }

    /// False where the worker sent more than it may.
    func take(_ bytes: UnsafeRawBufferPointer, isLast: Bool, isAborted: Bool) -> Bool {
        guard bytes.count <= credit else { return false }
        credit -= bytes.count
        if !bytes.isEmpty { onBytes?(bytes) }
        if isLast || isAborted { end(whole: !isAborted) }
        return true
    }

    func end(whole: Bool) {
        guard !isEnded else { return }
        isEnded = true
        worker = nil
        let ended = onEnd
        onBytes = nil
        onEnd = nil
        ended?(whole)
    }
}
