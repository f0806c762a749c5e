import Dispatch
import Glibc

/// A thread of the store's own: it runs one body to its end.
///
/// Neither a Dispatch queue nor Swift's pool, for it waits on the disk most of the time.
final class StoreThread: Sendable {
    private let ended = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () -> Void) {
        let start = Start(ended: ended, body: body)
        let context = Unmanaged.passRetained(start).toOpaque()
        var id = pthread_t()
        let code = pthread_create(
            &id, nil,
            { context in
                let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
                start.body()
                start.ended.signal()
                return nil
            }, context)
        precondition(code == 0, "the store's thread starts")
        pthread_detach(id)
    }

    /// Waits until the body has ended.
    func join() {
        ended.wait()
        ended.signal()
    }

    private final class Start: Sendable {
        let ended: DispatchSemaphore
        let body: @Sendable () -> Void

        init(ended: DispatchSemaphore, body: @escaping @Sendable () -> Void) {
            self.ended = ended
            self.body = body
        }
    }
}
