import EventLoop
import HTTPClient
import Testing

/// A server on this machine that answers each request with bytes made up beforehand.
@LoopActor
final class CannedServer {
    enum Answer {
        case bytes(String)
        case bytesAndClose(String)
        case silence
        /// A head, and then a body without end as fast as it is taken.
        case endlessBody

        static func ok(_ body: String, fields: String = "") -> Answer {
            .bytes("HTTP/1.1 200 OK\r\ncontent-length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
        }

        static func redirect(to location: String) -> Answer {
            .bytes("HTTP/1.1 302 Found\r\nlocation: \(location)\r\ncontent-length: 0\r\n\r\n")
        }
    }

    private(set) var requests: [String] = []
    private(set) var connections = 0
    private(set) var endedConnections = 0
    private var streams: [ByteStream] = []
    private var listener: Listener?
    private let answer: @LoopActor (String) -> Answer

    init(_ answer: @escaping @LoopActor (String) -> Answer) throws {
        self.answer = answer
        listener = try Listener(SocketAddress(host: "127.0.0.1", port: 0)) { [unowned self] in
            if let stream = $0.accept() { serve(stream) }
        }
    }

    var port: Int { listener!.address.port }
    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    func close() {
        for stream in streams { stream.close() }
        listener?.close()
    }

    private func serve(_ stream: ByteStream) {
        connections += 1
        streams.append(stream)
        var received: [UInt8] = []
        stream.startReading { [unowned self] bytes in
            received.append(contentsOf: bytes)
            let text = String(decoding: received, as: UTF8.self)
            guard Self.isWhole(text) else { return }
            received = []
            requests.append(text)
            send(answer(text), on: stream)
        } onEnd: { [unowned self] _ in
            endedConnections += 1
            stream.close()
        }
    }

    private func send(_ answer: Answer, on stream: ByteStream) {
        switch answer {
        case .bytes(let text): stream.write(text.utf8)
        case .bytesAndClose(let text):
            stream.write(text.utf8)
            stream.endWriting()
        case .silence: break
        case .endlessBody:
            stream.write("HTTP/1.1 200 OK\r\n\r\n".utf8)
            let chunk = [UInt8](repeating: 120, count: ByteStream.outgoingBytesMax)
            stream.onRoom = { if stream.writeError == nil { stream.write(chunk) } }
            stream.write(chunk)
        }
    }

    /// True once the head is there and as much body as it announces.
    private static func isWhole(_ text: String) -> Bool {
        guard let end = text.firstRange(of: "\r\n\r\n") else { return false }
        let announced = text.lowercased().firstRange(of: "content-length: ").flatMap { range in
            Int(text.lowercased()[range.upperBound...].prefix { $0.isNumber })
        }
        return text[end.upperBound...].utf8.count >= announced ?? 0
    }
}

/// A server and a client, both closed when `body` is done.
@LoopActor
func withServer(
    limits: HTTPClientLimits = HTTPClientLimits(),
    answer: @escaping @LoopActor (String) -> CannedServer.Answer,
    _ body: @LoopActor (HTTPClient, CannedServer) async throws -> Void
) async throws {
    let server = try CannedServer(answer)
    let client = HTTPClient(limits: limits)
    defer {
        client.close()
        server.close()
    }
    try await body(client, server)
}

/// Waits on the loop, turn by turn, until `claim` holds.
@LoopActor
func eventually(_ what: String, _ claim: @LoopActor () -> Bool) async throws {
    let deadline = LoopActor.uptimeNanoseconds + 20_000_000_000
    while !claim() {
        try #require(LoopActor.uptimeNanoseconds < deadline, "waited 20 s in vain for \(what)")
        await Task.yield()
    }
}
