import CUV
import Glibc

extension ByteStream {
    /// What waits here because the kernel has not taken it.
    package var outgoingBytes: Int { outgoing.count + (write?.remaining ?? 0) }

    /// True when a writer has to wait for `onRoom`.
    package var isFull: Bool { outgoingBytes >= Self.outgoingBytesMax }

    /// Adds to what leaves at the end of this turn.
    ///
    /// All is taken, however full the stream is: whoever writes asks `isFull` first. A stream that
    /// is closed or whose writing failed drops it: the end of the reading says so, and
    /// `writeError` does.
    package func write(_ bytes: UnsafeRawBufferPointer) {
        write { $0.append(contentsOf: bytes) }
    }

    /// Adds to what leaves at the end of this turn.
    package func write(_ bytes: some Sequence<UInt8>) {
        write { $0.append(contentsOf: bytes) }
    }

    /// Lets `body` append to what leaves at the end of this turn; it may not touch the stream.
    package func write(_ body: (inout [UInt8]) -> Void) {
        guard isOpen, writeError == nil else { return }
        assert(!endsAfterWrite, "nothing is written after the end")
        body(&outgoing)
        wasFull = wasFull || isFull
        guard !isRegistered else { return }
        isRegistered = true
        LoopActor.atTurnEnd(self)
    }

    /// Says that nothing more will be written, once all that waits is; the other side sees the end.
    package func endWriting() {
        guard isOpen, !endsAfterWrite else { return }
        endsAfterWrite = true
        if hasWrittenAll { shutDown() }
    }

    private var hasWrittenAll: Bool { write == nil && outgoing.isEmpty }

    /// Sends what was written in the turn, in one write.
    package func turnEnds() {
        isRegistered = false
        guard isOpen, write == nil, !outgoing.isEmpty else { return }
        let sent = tryWrite()
        if sent < 0 { return failWriting(LoopError(action: "write", code: Int32(sent))) }
        if sent == outgoing.count {
            outgoing.removeAll(keepingCapacity: outgoing.capacity <= Self.outgoingBytesMax)
            return written()
        }
        let pending = StreamWrite(stream: self, bytes: outgoing, from: sent)
        outgoing = []
        write = pending
        pending.start(stream)
    }

    /// The bytes that the kernel took at once, or libuv's error.
    private func tryWrite() -> Int {
        let sent = outgoing.withUnsafeMutableBytes { bytes in
            var buffer = uv_buf_init(
                bytes.baseAddress!.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
            return uv_try_write(stream, &buffer, 1)
        }
        return sent == UV_EAGAIN.rawValue ? 0 : Int(sent)
    }

    func finished(_ status: Int32) {
        write = nil
        guard isOpen else { return }
        if status < 0 { return failWriting(LoopError(action: "write", code: status)) }
        if !outgoing.isEmpty { return turnEnds() }
        written()
    }

    private func written() {
        if endsAfterWrite, hasWrittenAll { shutDown() }
        guard !isFull, wasFull else { return }
        wasFull = false
        onRoom?()
    }

    func failWriting(_ error: LoopError) {
        writeError = writeError ?? error
        outgoing = []
        let room = onRoom
        onRoom = nil
        room?()
    }

    private func shutDown() {
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let code = uv_shutdown(request, stream) { request, _ in request!.deallocate() }
        if code < 0 { request.deallocate() }
    }
}
