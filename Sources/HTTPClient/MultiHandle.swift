import CCurl
import EventLoop

/// libcurl's multi handle, driven by the loop.
///
/// libcurl says which sockets it waits for and when it wants to be called at the latest; each
/// socket gets a `DescriptorWatch`, the time one timer. "At once" is the end of the turn, because
/// libcurl may not be called from within its own calls to us.
@LoopActor
final class MultiHandle: TurnEnd {
    private let multi: UnsafeMutableRawPointer
    private let timer = LoopTimer()
    private var watches: [curl_socket_t: DescriptorWatch] = [:]
    private var isDue = false
    private var isOpen = true
    private let ended: @LoopActor (Transfer, CURLcode) -> Void

    init(limits: HTTPClientLimits, ended: @escaping @LoopActor (Transfer, CURLcode) -> Void) {
        guard let multi = curl_multi_init() else { preconditionFailure("no memory for libcurl") }
        self.multi = multi
        self.ended = ended
        let me = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, me)
        curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, me)
        curl_multi_set_socket(multi) { _, socket, what, me, _ in
            let me = Unmanaged<MultiHandle>.fromOpaque(me!).takeUnretainedValue()
            LoopActor.assumeIsolated { me.watch(socket, what) }
            return 0
        }
        curl_multi_set_timer(multi) { _, milliseconds, me in
            let me = Unmanaged<MultiHandle>.fromOpaque(me!).takeUnretainedValue()
            LoopActor.assumeIsolated { me.wait(milliseconds) }
            return 0
        }
        curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.idleConnectionsMax)
        curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits.connectionsPerHostMax)
        curl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connectionsMax)
    }

    func add(_ transfer: Transfer) {
        let code = curl_multi_add_handle(multi, transfer.easy)
        precondition(code == CURLM_OK, "a transfer is added once")
    }

    func remove(_ transfer: Transfer) {
        curl_multi_remove_handle(multi, transfer.easy)
    }

    func turnEnds() {
        guard isOpen, isDue else { return }
        isDue = false
        act(CURL_SOCKET_BAD, 0)
    }

    /// Ends it and all idle connections; the transfers were removed before.
    func close() {
        guard isOpen else { return }
        isOpen = false
        curl_multi_set_socket(multi, nil)
        curl_multi_set_timer(multi, nil)
        for watch in watches.values { watch.close() }
        watches = [:]
        timer.close()
        curl_multi_cleanup(multi)
    }

    /// Lets libcurl go on with `socket`, or with what is due where there is none.
    private func act(_ socket: curl_socket_t, _ events: Int32) {
        guard isOpen else { return }
        var running: Int32 = 0
        curl_multi_socket_action(multi, socket, events, &running)
        var left: Int32 = 0
        while isOpen, let message = curl_multi_info_read(multi, &left) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            // Removing the transfer frees the message, so what it says is read before.
            let code = message.pointee.data.result
            ended(Transfer.of(message.pointee.easy_handle), code)
        }
    }

    private func watch(_ socket: curl_socket_t, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else {
            watches.removeValue(forKey: socket)?.close()
            return
        }
        watchDescriptor(socket).watch(
            readable: what & CURL_POLL_IN != 0, writable: what & CURL_POLL_OUT != 0
        ) { [unowned self] readable, writable in
            let events =
                (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0)
            act(socket, events)
        }
    }

    private func watchDescriptor(_ socket: curl_socket_t) -> DescriptorWatch {
        if let watch = watches[socket] { return watch }
        do throws(LoopError) {
            let watch = try DescriptorWatch(socket)
            watches[socket] = watch
            return watch
        } catch {
            preconditionFailure("libcurl names only sockets that are open: \(error)")
        }
    }

    private func wait(_ milliseconds: Int) {
        isDue = milliseconds == 0
        guard milliseconds > 0 else {
            timer.cancel()
            if isDue { LoopActor.atTurnEnd(self) }
            return
        }
        timer.schedule(after: .milliseconds(milliseconds)) { [unowned self] in
            act(CURL_SOCKET_BAD, 0)
        }
    }

    isolated deinit { assert(!isOpen, "a multi handle is closed before it is dropped") }
}
