import CUV
import Glibc

/// A connected socket or pipe, read and written without copies that can be avoided.
///
/// Bytes arrive through `onBytes` in a buffer that all streams of the loop share: what is not
/// consumed during the call is copied by the receiver or lost. Reading stops and starts with
/// `stopReading` and `startReading`, and the kernel's window carries the pressure to the sender.
///
/// Bytes leave once a turn in one write. What the kernel does not take stays here, and `isFull`
/// says when a writer has to stop; `onRoom` calls it again. Nothing is ever written after `close`.
@LoopActor
package final class ByteStream: TurnEnd {
    enum Kind {
        case tcp(LoopHandle<uv_tcp_t>)
        case pipe(LoopHandle<uv_pipe_t>)
    }

    let kind: Kind
    let stream: UnsafeMutablePointer<uv_stream_t>
    var onBytes: (@LoopActor (UnsafeRawBufferPointer) -> Void)?
    var onEnd: (@LoopActor (LoopError?) -> Void)?
    private(set) var isReading = false

    var outgoing: [UInt8] = []
    var write: StreamWrite?
    var isRegistered = false
    var endsAfterWrite = false
    /// Called each time when a stream that was full has room again, and when writing failed.
    package var onRoom: (@LoopActor () -> Void)?
    var wasFull = false
    /// The error that ended writing, if one did.
    package internal(set) var writeError: LoopError?

    /// What may wait to be written before `isFull`.
    package nonisolated static let outgoingBytesMax = 256 * 1024
    /// What one read takes at most.
    package nonisolated static let readBytesMax = 64 * 1024

    /// True from the start until `close`.
    package var isOpen: Bool {
        switch kind {
        case .tcp(let handle): handle.isOpen
        case .pipe(let handle): handle.isOpen
        }
    }

    init(kind: Kind) {
        self.kind = kind
        switch kind {
        case .tcp(let handle):
            stream = handle.cast(to: uv_stream_t.self)
        case .pipe(let handle):
            stream = handle.cast(to: uv_stream_t.self)
        }
    }

    convenience init?(acceptingFrom listener: UnsafeMutablePointer<uv_stream_t>) {
        self.init(tcp: ())
        guard uv_accept(listener, stream) == 0 else {
            close()
            return nil
        }
        setNoDelay()
    }

    convenience init(tcp: Void) {
        let handle = LoopHandle<uv_tcp_t>()
        check(uv_tcp_init(LoopActor.executor.loop, handle.pointer), "uv_tcp_init")
        self.init(kind: .tcp(handle))
        handle.opened(by: self)
    }

    /// A pipe that is not connected yet: `ChildProcess` connects it.
    convenience init(unconnectedPipe: Void) {
        let handle = LoopHandle<uv_pipe_t>()
        check(uv_pipe_init(LoopActor.executor.loop, handle.pointer, 0), "uv_pipe_init")
        self.init(kind: .pipe(handle))
        handle.opened(by: self)
    }

    /// Takes over `descriptor`, a connected socket or a pipe, and closes it in the end; one that
    /// is refused stays the caller's.
    package convenience init(adopting descriptor: Int32) throws(LoopError) {
        self.init(unconnectedPipe: ())
        guard case .pipe(let handle) = kind else { return }
        let code = uv_pipe_open(handle.pointer, descriptor)
        if code < 0 { close() }
        try throwing(code, "take over descriptor \(descriptor)")
    }

    /// Starts, or goes on, to read.
    ///
    /// `onEnd` is called once, with nil when the other side has sent all it will.
    package func startReading(
        onBytes: @escaping @LoopActor (UnsafeRawBufferPointer) -> Void,
        onEnd: @escaping @LoopActor (LoopError?) -> Void
    ) {
        self.onBytes = onBytes
        self.onEnd = onEnd
        resumeReading()
    }

    /// Goes on to read after `stopReading`.
    package func resumeReading() {
        guard isOpen, !isReading, onBytes != nil else { return }
        isReading = true
        let code = uv_read_start(
            stream,
            { _, _, buffer in buffer!.pointee = ReadBuffer.shared },
            { stream, count, buffer in
                let me = owner(ByteStream.self, of: stream!.pointee.data)
                LoopActor.assumeIsolated { me.received(count, buffer!.pointee.base) }
            })
        if code < 0 { received(Int(code), nil) }
    }

    /// Leaves what comes in the kernel until `resumeReading`.
    package func stopReading() {
        guard isReading else { return }
        isReading = false
        if isOpen { uv_read_stop(stream) }
    }

    /// Ends the stream at once; what was not written is dropped. A second call does nothing.
    package func close() {
        guard isOpen else { return }
        isReading = false
        onBytes = nil
        onEnd = nil
        onRoom = nil
        failWriting(LoopError(action: "write to a closed stream", code: UV_ECANCELED.rawValue))
        switch kind {
        case .tcp(let handle): handle.close(holding: self)
        case .pipe(let handle): handle.close(holding: self)
        }
    }

    private func received(_ count: Int, _ base: UnsafeMutablePointer<CChar>?) {
        if count > 0 {
            onBytes?(UnsafeRawBufferPointer(start: base, count: count))
        } else if count < 0 {
            stopReading()
            let code = Int32(count)
            let ended = onEnd
            onEnd = nil
            ended?(code == LoopError.endOfFile ? nil : LoopError(action: "read", code: code))
        }
    }

    func setNoDelay() {
        if case .tcp(let handle) = kind { uv_tcp_nodelay(handle.pointer, 1) }
    }

    isolated deinit { assert(!isOpen, "a stream is closed before it is dropped") }
}

private enum ReadBuffer {
    // because it is handed out and consumed within one callback on the loop's thread
    nonisolated(unsafe) static let shared = uv_buf_init(
        .allocate(capacity: ByteStream.readBytesMax), UInt32(ByteStream.readBytesMax))
}
