import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("The times of a listener")
struct HTTPTimeTests {
    private func soon(_ limits: inout HTTPLimits) {
        limits.sweep = .milliseconds(10)
        limits.lingerTimeout = .milliseconds(30)
    }

    @Test("end a header that never ends with 408")
    func header() async throws {
        try await withClient(
            limits: .but {
                soon(&$0)
                $0.headerTimeout = .milliseconds(50)
            }
        ) { client, listener in
            client.send("GET / HTTP/1.1\r\nHost:")
            let answers = try await client.end()

            #expect(answers.map(\.status) == [408])
            #expect(listener.counters.timedOut == 1)
        }
    }

    @Test("end a body that comes too slowly with 408")
    func body() async throws {
        try await withClient(
            limits: .but {
                soon(&$0)
                $0.bodyRateWindow = .milliseconds(50)
            }
        ) { client, _ in
            client.send("POST / HTTP/1.1\r\nHost: x.test\r\nContent-Length: 1000\r\n\r\na")
            let answers = try await client.end()

            #expect(answers.map(\.status) == [408])
            #expect(answers[0].body.contains("the body came too slowly; send it again"))
        }
    }

    @Test("close an idle connection without a word")
    func idle() async throws {
        try await withClient(
            limits: .but {
                soon(&$0)
                $0.idleTimeout = .milliseconds(50)
            }
        ) { client, listener in
            try await client.end()

            #expect(client.received == [])
            #expect(listener.connectionCount == 0)
        }
    }

    @Test("do not count while a request waits for its answer")
    func waiting() async throws {
        let handler = TestHandler()
        var exchange: HTTPExchange?
        handler.onRequest = { exchange = $0 }
        try await withClient(
            handler,
            limits: .but {
                soon(&$0)
                $0.headerTimeout = .milliseconds(20)
                $0.bodyRateWindow = .milliseconds(20)
                $0.writeTimeout = .milliseconds(20)
            }
        ) { client, listener in
            client.send(get("/"))
            let slow = try await TestClient(to: listener)
            defer { slow.close() }
            slow.send("GET /")
            #expect(try await slow.end().map(\.status) == [408])
            try await eventually("the request came") { exchange != nil }
            exchange?.respond(200)
            let answers = try await client.answers(1)

            #expect(answers.map(\.status) == [200])
        }
    }

    @Test("end a connection whose client does not close after an error")
    func linger() async throws {
        try await withClient(limits: .but(soon)) { client, listener in
            client.send("nonsense\r\n\r\n")
            try await client.answers(1)
            try await eventually("the connection is closed") { listener.connectionCount == 0 }
        }
    }
}
