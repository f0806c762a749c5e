import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("A streamed body")
struct HTTPStreamingTests {
    /// Writes pieces as long as there is room.
    private final class Source {
        let piece = [UInt8](repeating: 7, count: 64 * 1024)
        var rest: Int
        var fullMax = 0

        init(pieces: Int) { rest = pieces }

        @LoopActor
        func start(_ exchange: HTTPExchange) {
            exchange.onRoom = { self.fill(exchange) }
            exchange.beginStream(200, ["Content-Length": "\(rest * piece.count)"])
            fill(exchange)
        }

        @LoopActor
        private func fill(_ exchange: HTTPExchange) {
            while rest > 0, !exchange.isFull, !exchange.isClosed {
                rest -= 1
                exchange.write(piece)
            }
            if rest == 0, !exchange.isClosed { exchange.end() }
        }
    }

    @Test("waits for a reader that does not read, and reaches it whole when it does")
    func slowReader() async throws {
        let handler = TestHandler()
        let source = Source(pieces: 500)
        handler.onRequest = { source.start($0) }

        try await withListener(handler) { listener in
            let client = try await TestClient(to: listener, reads: false)
            defer { client.close() }
            client.send(get("/"))
            try await eventually("the stream is held") { source.rest > 0 && source.rest < 500 }
            let other = try await TestClient(to: listener)
            defer { other.close() }
            handler.onRequest = { $0.respond(204) }
            other.send(get("/other"))
            try await other.answers(1)
            #expect(source.rest > 0)

            client.read()
            try await client.wait(for: "all of it") { client.received.count > 500 * 64 * 1024 }
            #expect(source.rest == 0)
        }
    }

    @Test(
        "to clients that take nothing is bounded, holds nobody up, and ends after the write limit")
    func stalledReaders() async throws {
        let handler = TestHandler()
        var sources: [Source] = []
        handler.onRequest = { exchange in
            guard exchange.head.path == "/stream" else { return exchange.respond(204) }
            let source = Source(pieces: 100_000)
            sources.append(source)
            source.start(exchange)
        }

        try await withListener(
            handler,
            limits: .but {
                $0.sweep = .milliseconds(20)
                $0.writeTimeout = .milliseconds(200)
            }
        ) { listener in
            var clients: [TestClient] = []
            defer { for client in clients { client.close() } }
            for _ in 0..<20 {
                let client = try await TestClient(to: listener, reads: false)
                client.send(get("/stream"))
                clients.append(client)
            }
            try await eventually("all streams began") { sources.count == 20 }
            let other = try await TestClient(to: listener)
            defer { other.close() }
            for _ in 0..<100 {
                other.send(get("/other"))
                try await other.wait(for: "an answer") { other.answers?.isEmpty == false }
            }
            try await eventually("the stalled are closed") { listener.connectionCount <= 1 }

            #expect(listener.counters.stalled == 20)
            #expect(sources.allSatisfy { 100_000 - $0.rest < 500 })
        }
    }

    @Test("that waits for an earlier answer is full after its bound, and has room in its turn")
    func behind() async throws {
        let handler = TestHandler()
        var first: HTTPExchange?
        let source = Source(pieces: 40)
        handler.onRequest = { exchange in
            if first == nil { first = exchange } else { source.start(exchange) }
        }

        try await withClient(handler) { client, _ in
            client.send(get("/1") + get("/2"))
            try await eventually("the second has begun") { source.rest < 40 }
            #expect(source.rest == 39)

            first?.respond(204)
            try await client.wait(for: "both") { client.received.count > 40 * 64 * 1024 }
        }
    }

    @Test("comes in as it arrives, and stops while the receiver pauses it")
    func incoming() async throws {
        let handler = TestHandler()
        var received = 0
        var exchange: HTTPExchange?
        handler.onAccept = { accepted in
            exchange = accepted
            accepted.onBody = { bytes in
                received += bytes.count
                accepted.pauseBody()
            }
            return .chunks(bytesMax: 10_000_000)
        }
        handler.onRequest = { $0.respond(200, body: Array("\(received)".utf8)) }
        let size = 2_000_000

        try await withClient(handler) { client, _ in
            client.send(post("/", String(repeating: "a", count: size)))
            try await eventually("the first piece") { received > 0 }
            #expect(received <= 64 * 1024)
            #expect(handler.requests == [])

            try await eventually("the rest") {
                exchange?.resumeBody()
                return received == size
            }
            let answers = try await client.answers(1)
            #expect(answers[0].body == "/\(size)".dropFirst())
            #expect(exchange?.body == [])
        }
    }

    @Test("that breaks off is told to its receiver, and no request is made of it")
    func incomingBreaksOff() async throws {
        let handler = TestHandler()
        var closed = false
        handler.onAccept = { exchange in
            exchange.onBody = { _ in }
            exchange.onClose = { closed = true }
            return .chunks()
        }

        try await withClient(handler) { client, _ in
            client.send(postChunked("/") + "5\r\nab")
            client.endSending()
            let answers = try await client.end()

            #expect(answers.map(\.status) == [400])
            #expect(closed)
            #expect(handler.requests == [])
        }
    }
}
