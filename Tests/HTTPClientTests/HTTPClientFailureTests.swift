import EventLoop
import HTTPClient
import HTTPTypes
import Testing

@Suite("An HTTP client that gets no answer", .timeLimit(.minutes(1)))
@LoopActor
struct HTTPClientFailureTests {
    @Test(
        "refuses what is no address",
        arguments: [
            "", "127.0.0.1/x", "ftp://127.0.0.1/", "file:///etc/passwd", "http://", "http://a b/",
            "http://ä/", "http://a\u{0}b/", "http://127.0.0.1:99999/",
        ])
    func badAddress(url: String) async throws {
        let client = HTTPClient()

        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(HTTPClientRequest(url: url))
        }

        #expect(error == .badAddress("GET \(url)"))
        client.close()
    }

    @Test("keeps what may be secret out of its words")
    func secrets() async throws {
        let client = HTTPClient()

        let error = await #expect(throws: HTTPClientError.self) {
            try await client.send(
                HTTPClientRequest(method: .put, url: "http://me:word@127.0.0.1:1/a?token=t#f"))
        }

        #expect(error?.description.hasPrefix("PUT http://127.0.0.1:1/a: no connection (") == true)
        #expect(error?.description.contains("word@") == false)
        #expect(error?.description.contains("token") == false)
        client.close()
    }

    @Test("says when the whole took too long")
    func wholeTimeout() async throws {
        try await withServer { _ in
            .silence
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(
                    HTTPClientRequest(url: server.url("/slow"), timeout: .milliseconds(50)))
            }

            #expect(
                error?.description
                    == "GET \(server.url("/slow")): no answer within 50 ms; give it a longer timeout, "
                    + "or call again")
        }
    }

    @Test("says when not a byte moved")
    func stalled() async throws {
        var limits = HTTPClientLimits()
        limits.stalled = .seconds(1)
        try await withServer(limits: limits) { _ in
            .bytes("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/")))
            }

            #expect(error == .stalled("GET \(server.url("/"))", limit: .seconds(1)))
        }
    }

    @Test("waits in silence as long as a request's own timeout gives")
    func longerThanStalled() async throws {
        var limits = HTTPClientLimits()
        limits.stalled = .seconds(1)
        try await withServer(limits: limits) { _ in
            .silence
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(
                    HTTPClientRequest(url: server.url("/"), timeout: .milliseconds(2_500)))
            }

            #expect(
                error == .noAnswerInTime("GET \(server.url("/"))", limit: .milliseconds(2_500)))
        }
    }

    @Test("says when no connection came about in time")
    func connectTimeout() async throws {
        var limits = HTTPClientLimits()
        limits.connect = .milliseconds(100)
        // A server that never begins a TLS handshake.
        try await withServer(limits: limits) { _ in
            .silence
        } _: { client, server in
            let url = "https://127.0.0.1:\(server.port)/"

            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: url))
            }

            #expect(error == .noConnectionInTime("GET \(url)", limit: .milliseconds(100)))
        }
    }

    @Test("takes a body of the allowed size and refuses one byte more")
    func bodyLimit() async throws {
        var limits = HTTPClientLimits()
        limits.bodyBytesMax = 4
        try await withServer(limits: limits) {
            $0.hasPrefix("GET /4") ? .ok("1234") : .ok("12345")
        } _: { client, server in
            let response = try await client.send(HTTPClientRequest(url: server.url("/4")))
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/5")))
            }

            #expect(response.body.count == 4)
            #expect(error == .bodyTooLarge("GET \(server.url("/5"))", bytesMax: 4))
        }
    }

    @Test("stops reading a body without end")
    func endlessBody() async throws {
        try await withServer { _ in
            .endlessBody
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/")))
            }

            let call = "GET \(server.url("/"))"
            #expect(error == .bodyTooLarge(call, bytesMax: client.limits.bodyBytesMax))
        }
    }

    @Test("refuses heads that are too large", arguments: [70_000, 200_000])
    func headLimit(bytes: Int) async throws {
        try await withServer { _ in
            .ok("", fields: "x-long: \(String(repeating: "x", count: bytes))\r\n")
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/")))
            }

            #expect(error == .headTooLarge("GET \(server.url("/"))", bytesMax: 65536))
        }
    }

    @Test(
        "says when the answer breaks off or is none",
        arguments: [
            "", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", "SSH-2.0-nonsense\r\n\r\n",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n",
        ])
    func broken(answer: String) async throws {
        try await withServer { _ in
            .bytesAndClose(answer)
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/")))
            }

            let start = "GET \(server.url("/")): the exchange broke ("
            #expect(error?.description.hasPrefix(start) == true, "\(String(describing: error))")
        }
    }

    @Test(
        "sends again what may be sent twice when a kept connection ends without an answer",
        arguments: [
            (HTTPRequest.Method.get, [:], true), (.put, [:], true), (.post, [:], false),
            (.patch, [:], false), (.post, [.init("Idempotency-Key")!: "k"], true),
        ] as [(HTTPRequest.Method, HTTPFields, Bool)])
    func sendingAgain(method: HTTPRequest.Method, fields: HTTPFields, isSent: Bool) async throws {
        var requests = 0
        try await withServer { _ in
            requests += 1
            return requests == 2 ? .bytesAndClose("") : .ok("x")
        } _: { client, server in
            _ = try await client.send(HTTPClientRequest(url: server.url("/")))
            let request = HTTPClientRequest(method: method, url: server.url("/"), fields: fields)
            let call = Task { try await client.send(request) }

            guard case .failure(let error) = await call.result else {
                #expect(isSent)
                #expect(requests == 3)
                return
            }

            #expect(!isSent)
            #expect(requests == 2)
            #expect(
                "\(error)"
                    == "\(method.rawValue) \(server.url("/")): the exchange broke (the connection "
                    + "ended without an answer); the other side may have done what it was asked")
        }
    }
}
