import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("A connection")
struct HTTPConnectionTests {
    @Test("answers one request after the other")
    func keepAlive() async throws {
        try await withClient { client, listener in
            client.send(get("/a"))
            try await client.answers(1)
            client.send(post("/b?c=d", "body"))
            let answers = try await client.answers(2)

            #expect(answers.map(\.body) == ["/a", "/b?c=dbody"])
            #expect(answers.allSatisfy { $0.fields["date"] != nil && $0.fields["server"] == nil })
            #expect(answers.allSatisfy { $0.fields["connection"] == nil })
            #expect(listener.counters.requests == 2)
        }
    }

    @Test("sends answers in the order of the requests, whatever order they are given in")
    func order() async throws {
        let handler = TestHandler()
        var exchanges: [HTTPExchange] = []
        handler.onRequest = { exchange in
            exchanges.append(exchange)
            guard exchanges.count == 3 else { return }
            exchanges[2].respond(200, body: Array("third".utf8))
            exchanges[1].beginStream(200)
            exchanges[1].write(Array("sec".utf8))
            exchanges[0].respond(200, body: Array("first".utf8))
            exchanges[1].write(Array("ond".utf8))
            exchanges[1].end()
        }

        try await withClient(handler) { client, _ in
            client.send(get("/1") + get("/2") + get("/3"))
            let answers = try await client.answers(3)

            #expect(answers.map(\.body) == ["first", "second", "third"])
            #expect(answers[1].fields["transfer-encoding"] == "chunked")
        }
    }

    @Test("reads no more than so many unanswered requests, and goes on when they are answered")
    func pipelineBound() async throws {
        let handler = TestHandler()
        var exchanges: [HTTPExchange] = []
        handler.onRequest = { exchanges.append($0) }

        try await withClient(handler, limits: .but { $0.pipelinedMax = 3 }) { client, _ in
            client.send((1...10).map { get("/\($0)") }.joined())
            client.endSending()
            var answered = 0
            while answered < 10 {
                try await eventually("request \(answered)") { exchanges.count > answered }
                #expect(exchanges.count - answered <= 3)
                exchanges[answered].respond(200, body: Array(exchanges[answered].head.path.utf8))
                answered += 1
            }
            let answers = try await client.end()

            #expect(answers.map(\.body) == (1...10).map { "/\($0)" })
        }
    }

    @Test("reads a body that comes in chunks, with extensions and trailers")
    func chunkedBody() async throws {
        let handler = TestHandler()

        try await withClient(handler) { client, _ in
            client.send(postChunked("/") + "3;a=b\r\nabc\r\n")
            client.send("0a\r\n0123456789\r\n0\r\nT: 1\r\n\r\n" + get("/next"))
            let answers = try await client.answers(2)

            #expect(answers.map(\.body) == ["/abc0123456789", "/next"])
        }
    }

    @Test("tells a client that waits for it to send the body")
    func expectContinue() async throws {
        try await withClient { client, _ in
            client.send(
                postHead("/", length: 3, "Expect: 100-Continue\r\n")
            )
            try await client.answers(1)
            #expect(client.text == "HTTP/1.1 100 Continue\r\n\r\n")

            client.send("abc")
            let answers = try await client.answers(2)

            #expect(answers.map(\.status) == [100, 200])
            #expect(answers[1].body == "/abc")
        }
    }

    @Test("does not ask for a body that the handler has refused")
    func expectRefused() async throws {
        let handler = TestHandler()
        handler.onAccept = { exchange in
            exchange.respond(problem: Problem(status: 401))
            return .unwanted
        }

        try await withClient(handler) { client, _ in
            client.send(
                postHead("/", length: 3, "Expect: 100-continue\r\n")
            )
            let answers = try await client.end()

            #expect(answers.map(\.status) == [401])
            #expect(answers[0].fields["connection"] == "close")
        }
    }

    @Test("goes on after an answer that left a short body unread")
    func discardsShortBody() async throws {
        let handler = TestHandler()
        handler.onAccept = { exchange in
            guard exchange.head.path == "/no" else { return .whole() }
            exchange.respond(problem: Problem(status: 404))
            return .unwanted
        }

        try await withClient(handler) { client, _ in
            client.send(post("/no", "unread") + get("/yes"))
            let answers = try await client.answers(2)

            #expect(answers.map(\.status) == [404, 200])
        }
    }

    @Test("ends after an answer that left a long body unread")
    func endsAfterLongBody() async throws {
        let handler = TestHandler()
        handler.onAccept = { exchange in
            exchange.respond(problem: Problem(status: 404))
            return .unwanted
        }

        try await withClient(handler, limits: .but { $0.discardedBodyBytesMax = 100 }) {
            client, _ in
            client.send(post("/no", String(repeating: "a", count: 101)) + get("/never"))
            let answers = try await client.end()

            #expect(answers.map(\.status) == [404])
            #expect(answers[0].fields["connection"] == "close")
            #expect(handler.accepted == 1)
        }
    }

    @Test("closes after the answer when the client asks for it, in HTTP/1.0 always")
    func closes() async throws {
        for request in [get("/", "Connection: close\r\n"), "GET / HTTP/1.0\r\n\r\n"] {
            try await withClient { client, _ in
                client.send(request + get("/never"))
                let answers = try await client.end()

                #expect(answers.map(\.body) == ["/"])
                #expect(answers[0].fields["connection"] == "close")
            }
        }
    }

    @Test("stays open for HTTP/1.0 with keep-alive")
    func keepAlive10() async throws {
        try await withClient { client, _ in
            client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n")
            let answers = try await client.end()

            #expect(answers.map(\.body) == ["/a", "/b"])
            #expect(answers.map { $0.fields["connection"] } == ["keep-alive", "close"])
        }
    }

    @Test("answers a client that has said it sends no more")
    func halfClosed() async throws {
        let handler = TestHandler()
        var exchanges: [HTTPExchange] = []
        handler.onRequest = { exchanges.append($0) }

        try await withClient(handler) { client, listener in
            client.send(get("/1") + get("/2"))
            client.endSending()
            let other = try await TestClient(to: listener)
            defer { other.close() }
            other.send(get("/other"))
            try await eventually("three requests") { exchanges.count == 3 }
            for exchange in exchanges {
                exchange.respond(200, body: Array(exchange.head.path.utf8))
            }
            let answers = try await client.end()

            #expect(answers.map(\.body) == ["/1", "/2"])
        }
    }

    @Test("tells the handler that its client is gone, and takes its answer for nothing")
    func hangUp() async throws {
        let handler = TestHandler()
        var exchange: HTTPExchange?
        var closed = 0
        handler.onRequest = {
            exchange = $0
            $0.onClose = { closed += 1 }
            $0.beginStream(200)
        }

        try await withListener(handler) { listener in
            let client = try await TestClient(to: listener)
            client.send(get("/"))
            try await client.wait(for: "the head") { client.text.hasSuffix("\r\n\r\n") }
            client.close()
            try await eventually("the connection is closed") {
                exchange?.write([1, 2, 3])
                return listener.connectionCount == 0
            }
            exchange?.write([1, 2, 3])
            exchange?.end()

            #expect(closed == 1)
            #expect(exchange?.isClosed == true)
            #expect(listener.counters.aborted == 1)
        }
    }
}
