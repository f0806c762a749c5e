import CUV

/// The rest of a write that the kernel did not take at once.
@LoopActor
final class StreamWrite {
    private let request: UnsafeMutablePointer<uv_write_t> = .allocate(capacity: 1)
    private let stream: ByteStream
    private var bytes: [UInt8]
    private let from: Int

    init(stream: ByteStream, bytes: [UInt8], from: Int) {
        self.stream = stream
        self.bytes = bytes
        self.from = from
    }

    var remaining: Int { Int(stream.stream.pointee.write_queue_size) }

    func start(_ target: UnsafeMutablePointer<uv_stream_t>) {
        let held = Unmanaged.passRetained(self)
        request.pointee.data = held.toOpaque()
        // because `bytes` is neither changed nor freed until the callback, which this object awaits
        let code = bytes.withUnsafeMutableBytes { bytes in
            var buffer = uv_buf_init(
                (bytes.baseAddress! + from).assumingMemoryBound(to: CChar.self),
                UInt32(bytes.count - from))
            return uv_write(request, target, &buffer, 1) { request, status in
                let data = request!.pointee.data!
                let me = Unmanaged<StreamWrite>.fromOpaque(data).takeRetainedValue()
                LoopActor.assumeIsolated { me.ended(status) }
            }
        }
        if code < 0 {
            held.release()
            ended(code)
        }
    }

    private func ended(_ status: Int32) {
        request.deallocate()
        stream.finished(status)
    }
}
