import EventLoop

extension HTTPConnection {
    /// Looks whether the client has used up its time.
    func sweep() {
        guard stage != .closed else { return }
        let view = ConnectionClock.View(
            now: listener.tick, isLingering: stage == .lingering, isIdle: isIdle,
            isReadingBody: arriving != nil && !isHeld, outgoingBytes: stream.outgoingBytes,
            takenBytes: writtenBytes - stream.outgoingBytes)
        switch clock.look(view, listener.bounds) {
        case .fine: break
        case .idle, .lingered: close()
        case .headTooSlow: refuseSlow("the header")
        case .bodyTooSlow: refuseSlow("the body")
        case .stalled:
            listener.counters.stalled += 1
            close()
        }
    }

    private func refuseSlow(_ what: String) {
        guard !readsNoMore else { return }
        listener.counters.timedOut += 1
        refuse(.tooSlow(what))
    }
}
