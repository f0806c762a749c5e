import CUV
import Glibc

extension ByteStream {
    /// Connects to `address`, as the tests of listeners do: what Roost itself calls, it calls
    /// through libcurl.
    ///
    /// Cancelling does not interrupt it; the kernel's own limit on connecting holds.
    package static func connect(to address: SocketAddress) async throws -> ByteStream {
        let me = ByteStream(tcp: ())
        do {
            try await me.connect(to: address)
            me.setNoDelay()
            return me
        } catch {
            me.close()
            throw error
        }
    }

    private func connect(to address: SocketAddress) async throws {
        guard case .tcp(let handle) = kind else { return }
        let answer: Result<Void, LoopError> = await withCheckedContinuation { continuation in
            StreamConnect(stream: self, address: address, continuation: continuation).start(handle)
        }
        try answer.get()
    }
}

/// A connection that is being made.
@LoopActor
private final class StreamConnect {
    private let request: UnsafeMutablePointer<uv_connect_t> = .allocate(capacity: 1)
    private let stream: ByteStream
    private let address: SocketAddress
    private let continuation: CheckedContinuation<Result<Void, LoopError>, Never>

    init(
        stream: ByteStream, address: SocketAddress,
        continuation: CheckedContinuation<Result<Void, LoopError>, Never>
    ) {
        self.stream = stream
        self.address = address
        self.continuation = continuation
    }

    func start(_ handle: LoopHandle<uv_tcp_t>) {
        do throws(LoopError) {
            let code = try address.withSocketAddress { connect(handle.pointer, $0) }
            try throwing(code, action)
        } catch {
            ended(.failure(error))
        }
    }

    private func connect(
        _ handle: UnsafeMutablePointer<uv_tcp_t>, _ address: UnsafePointer<sockaddr>
    ) -> Int32 {
        let held = Unmanaged.passRetained(self)
        request.pointee.data = held.toOpaque()
        let code = uv_tcp_connect(request, handle, address) { request, status in
            let data = request!.pointee.data!
            let me = Unmanaged<StreamConnect>.fromOpaque(data).takeRetainedValue()
            LoopActor.assumeIsolated { me.connected(status) }
        }
        if code < 0 { held.release() }
        return code
    }

    private func connected(_ status: Int32) {
        ended(status < 0 ? .failure(LoopError(action: action, code: status)) : .success(()))
    }

    private func ended(_ answer: Result<Void, LoopError>) {
        request.deallocate()
        continuation.resume(returning: answer)
    }

    private var action: String { "connect to \(address)" }
}
