import CUV
import Glibc

/// A TCP socket that waits for connections.
@LoopActor
package final class Listener {
    private let handle = LoopHandle<uv_tcp_t>()
    private var ready: (@LoopActor (Listener) -> Void)?
    /// Where it listens; the port is the one the system picked if 0 was asked for.
    package private(set) var address: SocketAddress

    /// How many connections the kernel holds that nobody has accepted yet.
    private static let backlog: Int32 = 1024

    /// Binds and listens; `ready` is called for each connection that can be accepted.
    ///
    /// Whoever does not call `accept` then hears nothing until it does, and the kernel's queue
    /// fills: that is how a limit on connections is kept.
    package init(
        _ address: SocketAddress, ready: @escaping @LoopActor (Listener) -> Void
    ) throws(LoopError) {
        self.address = address
        self.ready = ready
        check(uv_tcp_init(LoopActor.executor.loop, handle.pointer), "uv_tcp_init")
        handle.opened(by: self)
        do throws(LoopError) {
            try listen()
        } catch {
            handle.close(holding: self)
            throw error
        }
    }

    /// The next connection, or nil where none waits.
    package func accept() -> ByteStream? {
        guard handle.isOpen else { return nil }
        return ByteStream(acceptingFrom: stream)
    }

    /// Ends it; it must be called once before the last reference goes.
    package func close() {
        ready = nil
        handle.close(holding: self)
    }

    private var stream: UnsafeMutablePointer<uv_stream_t> { handle.cast(to: uv_stream_t.self) }

    private func listen() throws(LoopError) {
        let bound = try address.withSocketAddress { uv_tcp_bind(handle.pointer, $0, 0) }
        try throwing(bound, "listen on \(address)")
        let code = uv_listen(stream, Self.backlog) { stream, status in
            guard status == 0 else { return }
            let me = owner(Listener.self, of: stream!.pointee.data)
            LoopActor.assumeIsolated { me.ready?(me) }
        }
        try throwing(code, "listen on \(address)")
        address = try boundAddress()
    }

    private func boundAddress() throws(LoopError) -> SocketAddress {
        var storage = sockaddr_storage()
        var size = Int32(MemoryLayout<sockaddr_storage>.size)
        let code = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                uv_tcp_getsockname(handle.pointer, $0, &size)
            }
        }
        try throwing(code, "read the address of \(address)")
        return SocketAddress(reading: storage)
    }

    isolated deinit { assert(!handle.isOpen, "a listener is closed before it is dropped") }
}
