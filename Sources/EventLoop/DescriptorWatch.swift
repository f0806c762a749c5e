import CUV

/// Says when a descriptor that belongs to someone else, a library, can be read or written.
@LoopActor
package final class DescriptorWatch {
    private let handle = LoopHandle<uv_poll_t>()
    private var ready: (@LoopActor (_ readable: Bool, _ writable: Bool) -> Void)?

    /// Takes `descriptor`, a socket or a pipe, into view; it is made non-blocking.
    ///
    /// The descriptor stays its owner's, who closes it after this watch was closed.
    package init(_ descriptor: Int32) throws(LoopError) {
        let code = uv_poll_init(LoopActor.executor.loop, handle.pointer, descriptor)
        guard code == 0 else {
            handle.discard()
            throw LoopError(action: "watch descriptor \(descriptor)", code: code)
        }
        handle.opened(by: self)
    }

    /// Calls `ready` again and again while what was asked for is possible; replaces what was
    /// asked for before.
    ///
    /// An error on the descriptor counts as both and ends the watching: the owner's own call
    /// will tell what it is.
    package func watch(
        readable: Bool, writable: Bool,
        _ ready: @escaping @LoopActor (_ readable: Bool, _ writable: Bool) -> Void
    ) {
        precondition(handle.isOpen, "a closed watch is not started")
        self.ready = ready
        let events =
            (readable ? UV_READABLE.rawValue : 0) | (writable ? UV_WRITABLE.rawValue : 0)
        check(
            uv_poll_start(handle.pointer, Int32(events)) { poll, status, events in
                let me = owner(DescriptorWatch.self, of: poll!.pointee.data)
                LoopActor.assumeIsolated { me.happened(status, UInt32(bitPattern: events)) }
            }, "uv_poll_start")
    }

    /// Ends the watch; it must be called once before the last reference goes.
    package func close() {
        ready = nil
        handle.close(holding: self)
    }

    private func happened(_ status: Int32, _ events: UInt32) {
        guard status == 0 else {
            ready?(true, true)
            return
        }
        ready?(events & UV_READABLE.rawValue != 0, events & UV_WRITABLE.rawValue != 0)
    }

    isolated deinit { assert(!handle.isOpen, "a watch is closed before it is dropped") }
}
