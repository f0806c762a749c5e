import EventLoop
import Testing

@Suite("A listener", .timeLimit(.minutes(1)))
@LoopActor
struct ListenerTests {
    private let anyPort = SocketAddress(host: "127.0.0.1", port: 0)

    @Test("tells the port that the system picked and accepts who connects")
    func accepting() async throws {
        let connection = try await Connection()
        let received = Received(from: connection.far)

        connection.near.write("hello".utf8)
        try await eventually("the greeting") { received.text == "hello" }

        connection.close()
    }

    @Test("says which address is taken")
    func addressTaken() throws {
        let listener = try Listener(anyPort) { _ in }
        defer { listener.close() }

        let error = #expect(throws: LoopError.self) {
            try Listener(listener.address) { _ in }
        }

        #expect(error?.code == LoopError.addressInUse)
        #expect(
            error?.description
                == "could not listen on \(listener.address): address already in use (EADDRINUSE)")
    }

    @Test(
        "refuses what is no numeric address",
        arguments: [
            SocketAddress(host: "localhost", port: 0), SocketAddress(host: "", port: 0),
            SocketAddress(host: "127.0.0.1", port: 65536), SocketAddress(host: "::g", port: 0),
        ])
    func badAddress(address: SocketAddress) {
        #expect(throws: LoopError.self) { try Listener(address) { _ in } }
    }

    @Test("leaves who is not accepted waiting, and takes him later")
    func acceptingLater() async throws {
        var isReady = false
        let listener = try Listener(anyPort) { _ in isReady = true }
        let first = try await ByteStream.connect(to: listener.address)
        let second = try await ByteStream.connect(to: listener.address)
        try await eventually("the first connection") { isReady }

        let accepted = listener.accept()
        isReady = false
        try await eventually("the second connection") { isReady }
        let next = listener.accept()

        #expect(accepted != nil)
        #expect(next != nil)
        #expect(listener.accept() == nil)
        for stream in [first, second, accepted, next] { stream?.close() }
        listener.close()
        #expect(listener.accept() == nil)
    }

    @Test("can be closed while it calls")
    func closingInTheCall() async throws {
        var accepted: ByteStream?
        let listener = try Listener(anyPort) {
            accepted = $0.accept()
            $0.close()
        }

        let near = try await ByteStream.connect(to: listener.address)
        try await eventually("the connection") { accepted != nil }

        near.close()
        accepted?.close()
    }

    @Test("refuses nobody's connection in words")
    func connectionRefused() async throws {
        let listener = try Listener(anyPort) { _ in }
        let address = listener.address
        listener.close()

        let error = await #expect(throws: LoopError.self) {
            try await ByteStream.connect(to: address)
        }

        #expect(
            error?.description
                == "could not connect to \(address): connection refused (ECONNREFUSED)")
    }
}
