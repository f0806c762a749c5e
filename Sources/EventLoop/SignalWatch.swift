import CUV

/// Calls back on the loop when the process receives a signal.
@LoopActor
package final class SignalWatch {
    private let handle = LoopHandle<uv_signal_t>()
    private var received: (@LoopActor () -> Void)?

    /// Starts to watch `signal`, whose default action no longer happens.
    package init(_ signal: Int32, received: @escaping @LoopActor () -> Void) throws(LoopError) {
        self.received = received
        check(uv_signal_init(LoopActor.executor.loop, handle.pointer), "uv_signal_init")
        handle.opened(by: self)
        let code = uv_signal_start(
            handle.pointer,
            { signal, _ in
                let me = owner(SignalWatch.self, of: signal!.pointee.data)
                LoopActor.assumeIsolated { me.received?() }
            }, signal)
        if code < 0 { handle.close(holding: self) }
        try throwing(code, "watch signal \(signal)")
    }

    /// Ends the watch; it must be called once before the last reference goes.
    package func close() {
        received = nil
        handle.close(holding: self)
    }

    isolated deinit { assert(!handle.isOpen, "a signal watch is closed before it is dropped") }
}
