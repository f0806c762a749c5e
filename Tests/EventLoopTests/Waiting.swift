import EventLoop
import Testing

/// Thrown where a test waited in vain.
struct WaitedInVain: Error, CustomStringConvertible {
    let what: String
    var description: String { "waited 20 s in vain for \(what)" }
}

/// Waits on the loop, turn by turn, until `claim` holds.
@LoopActor
func eventually(_ what: String, _ claim: @LoopActor () -> Bool) async throws {
    let deadline = LoopActor.uptimeNanoseconds + 20_000_000_000
    while !claim() {
        guard LoopActor.uptimeNanoseconds < deadline else { throw WaitedInVain(what: what) }
        await Task.yield()
    }
}

/// What a stream has received so far.
@LoopActor
final class Received {
    var bytes: [UInt8] = []
    var hasEnded = false
    var error: LoopError?

    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(from stream: ByteStream) {
        stream.startReading {
            self.bytes.append(contentsOf: $0)
        } onEnd: {
            self.hasEnded = true
            self.error = $0
        }
    }
}

/// Two ends of one connection through the loop's own TCP.
@LoopActor
struct Connection {
    let near: ByteStream
    let far: ByteStream
    private let listener: Listener

    init() async throws {
        var accepted: ByteStream?
        listener = try Listener(SocketAddress(host: "127.0.0.1", port: 0)) {
            accepted = $0.accept()
        }
        near = try await ByteStream.connect(to: listener.address)
        try await eventually("the connection to be accepted") { accepted != nil }
        far = accepted!
    }

    func close() {
        near.close()
        far.close()
        listener.close()
    }
}
