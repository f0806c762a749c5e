import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("The limits of a listener")
struct HTTPLimitTests {
    /// Sends `request` and gives the only answer's status.
    private func status(
        of request: String, limits: (inout HTTPLimits) -> Void
    ) async throws -> Int {
        var status = 0
        try await withClient(limits: .but(limits)) { client, _ in
            client.send(request)
            status = try await client.answers(1)[0].status
            if status != 200 { try await client.end() }
        }
        return status
    }

    @Test("take a request line of the longest length and refuse one byte more")
    func requestLine() async throws {
        let path = "/" + String(repeating: "a", count: 99)  // "GET " + 100 + " HTTP/1.1" = 113

        #expect(try await status(of: get(path)) { $0.requestLineBytesMax = 113 } == 200)
        #expect(try await status(of: get(path)) { $0.requestLineBytesMax = 112 } == 414)
        #expect(try await status(of: "GET " + path + "a") { $0.requestLineBytesMax = 50 } == 414)
    }

    @Test("take a header of the longest length and refuse one byte more")
    func header() async throws {
        let request = get("/", "A: 1\r\n")  // "Host: x.test\r\n" + "A: 1\r\n" = 20

        #expect(try await status(of: request) { $0.headerBytesMax = 20 } == 200)
        #expect(try await status(of: request) { $0.headerBytesMax = 19 } == 431)
        #expect(try await status(of: String(request.dropLast(2))) { $0.headerBytesMax = 10 } == 431)
    }

    @Test("take as many header fields as they say and refuse one more")
    func fields() async throws {
        let request = get("/", "A: 1\r\nB: 1\r\n")

        #expect(try await status(of: request) { $0.headerFieldsMax = 3 } == 200)
        #expect(try await status(of: request) { $0.headerFieldsMax = 2 } == 431)
    }

    @Test("take a body of the longest length and refuse one byte more")
    func body() async throws {
        let chunked = postChunked("/") + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"

        #expect(try await status(of: post("/", "abcde")) { $0.bodyBytesMax = 5 } == 200)
        #expect(try await status(of: post("/", "abcde")) { $0.bodyBytesMax = 4 } == 413)
        #expect(try await status(of: chunked) { $0.bodyBytesMax = 5 } == 200)
        #expect(try await status(of: chunked) { $0.bodyBytesMax = 4 } == 413)
    }

    @Test("take chunk extensions up to their bound, in all chunks together")
    func extensions() async throws {
        let line = "1;" + String(repeating: "x", count: 60) + "\r\na\r\n"
        let request = postChunked("/") + line + line + "0\r\n\r\n"

        #expect(try await status(of: request) { $0.chunkExtensionBytesMax = 200 } == 200)
        #expect(try await status(of: request) { $0.chunkExtensionBytesMax = 80 } == 413)
    }

    @Test("count the zeros before a chunk's size")
    func zeros() async throws {
        let zeros = String(repeating: "0", count: 5000)

        #expect(
            try await status(of: postChunked("/") + zeros + "1\r\na\r\n0\r\n\r\n") { _ in } == 413)
    }

    @Test("take many small chunks, whose framing is longer than they are")
    func smallChunks() async throws {
        let chunks = String(repeating: "1\r\na\r\n", count: 20_000)

        #expect(try await status(of: postChunked("/") + chunks + "0\r\n\r\n") { _ in } == 200)
    }

    @Test("take trailers of the longest length and refuse one byte more")
    func trailers() async throws {
        let request = postChunked("/") + "0\r\nT: 1\r\nU: 2\r\n\r\n"

        #expect(try await status(of: request) { $0.trailerBytesMax = 12 } == 200)
        #expect(try await status(of: request) { $0.trailerBytesMax = 11 } == 431)
    }

    @Test("leave the bound of a body to the handler")
    func bodyOfRoute() async throws {
        let handler = TestHandler()
        handler.onAccept = { .whole(bytesMax: $0.head.path == "/small" ? 2 : 4) }

        try await withClient(handler) { client, listener in
            client.send(post("/large", "abcd") + post("/small", "abc"))
            let answers = try await client.end()

            #expect(answers.map(\.status) == [200, 413])
            #expect(answers[1].body.contains("the body is longer than 2 bytes"))
            #expect(handler.requests.map(\.target) == ["/large"])
            #expect(listener.counters.rejected == 1)
        }
    }

    @Test("refuse a body that the common budget has no room for, and give the room back")
    func budget() async throws {
        let budget = BodyBudget(bytesMax: 10)
        let handler = TestHandler()
        var held: HTTPExchange?
        handler.onRequest = { held = $0 }

        try await withClient(handler, budget: budget) { first, listener in
            first.send(post("/first", "12345678"))
            try await eventually("the first body is held") { held != nil && budget.bytesInUse == 8 }
            let second = try await TestClient(to: listener)
            defer { second.close() }
            second.send(post("/second", "123"))
            let answers = try await second.end()
            held?.respond(200)
            try await first.answers(1)

            #expect(answers[0].status == 503)
            #expect(answers[0].fields["retry-after"] == "1")
            #expect(listener.counters.overBudget == 1)
            #expect(budget.bytesInUse == 0)
        }
    }

    @Test("count a body that its handler keeps until the answer, though the connection is gone")
    func keptBudget() async throws {
        let budget = BodyBudget(bytesMax: 10)
        let handler = TestHandler()
        var held: HTTPExchange?
        handler.onRequest = { exchange in
            exchange.keepBudget()
            exchange.dropBody()
            held = exchange
        }

        try await withClient(handler, budget: budget) { client, listener in
            client.send(post("/", "12345678"))
            try await eventually("the body is held") { held != nil }
            listener.close()
            #expect(held?.isClosed == true && held?.body == [])
            #expect(budget.bytesInUse == 8)

            held?.respond(200)

            #expect(budget.bytesInUse == 0)
        }
    }

    @Test("count no body that was dropped while its answer is streamed")
    func droppedBody() async throws {
        let budget = BodyBudget(bytesMax: 10)
        let handler = TestHandler()
        var held: HTTPExchange?
        handler.onRequest = { exchange in
            held = exchange
            if exchange.head.path == "/dropped" { exchange.dropBody() }
            exchange.beginStream(200)
        }

        try await withClient(handler, budget: budget) { client, _ in
            client.send(post("/dropped", "12345678"))
            try await eventually("the first stream") { held != nil }
            #expect(budget.bytesInUse == 0)
            held?.end()

            client.send(post("/kept", "12345678"))
            try await eventually("the second stream") { held?.head.path == "/kept" }
            #expect(budget.bytesInUse == 8)
            held?.end()
            #expect(budget.bytesInUse == 0)
        }
    }

    @Test("leave connections past the bound waiting until one closes")
    func connections() async throws {
        try await withListener(limits: .but { $0.connectionsMax = 2 }) { listener in
            let clients = [
                try await TestClient(to: listener), try await TestClient(to: listener),
                try await TestClient(to: listener), try await TestClient(to: listener),
            ]
            defer { for client in clients { client.close() } }
            for client in clients { client.send(get("/")) }
            try await clients[0].answers(1)
            try await clients[1].answers(1)
            #expect(listener.connectionCount == 2)
            #expect(clients[2].received == [] && clients[3].received == [])

            clients[0].close()
            try await clients[2].answers(1)
            #expect(clients[3].received == [])

            clients[1].close()
            try await clients[3].answers(1)
            #expect(listener.counters.connections == 4)
        }
    }
}
