import EventLoop
import HTTPClient
import HTTPTypes
import Testing

@Suite("An HTTP client", .timeLimit(.minutes(1)))
@LoopActor
struct HTTPClientTests {
    @Test("sends a request as it is given and reads the whole answer")
    func roundTrip() async throws {
        try await withServer { _ in
            .ok("pong", fields: "x-one: 1\r\nset-cookie: a\r\nset-cookie: b\r\n")
        } _: { client, server in
            let response = try await client.send(
                HTTPClientRequest(
                    method: .post, url: server.url("/ping?x=1"),
                    fields: [.contentType: "text/plain", .authorization: "Bearer t"],
                    body: Array("ping".utf8)))

            #expect(response.status == .ok)
            #expect(response.fields[.init("x-one")!] == "1")
            #expect(response.fields[values: .setCookie] == ["a", "b"])
            #expect(response.body == Array("pong".utf8))
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("POST /ping?x=1 HTTP/1.1\r\n"))
            for line in [
                "Host: 127.0.0.1:\(server.port)", "Content-Type: text/plain",
                "Authorization: Bearer t", "Content-Length: 4", "User-Agent: Roost",
            ] { #expect(request.contains("\r\n\(line)\r\n"), "\(request)") }
            #expect(request.hasSuffix("\r\n\r\nping"))
        }
    }

    @Test(
        "speaks every method, with a length where a body is expected",
        arguments: [
            (HTTPRequest.Method.get, "", false), (.head, "", false), (.delete, "", false),
            (.options, "", false), (.post, "", true), (.put, "", true), (.patch, "", true),
            (.put, "body", true), (.delete, "body", true), (.init("PURGE")!, "", false),
        ])
    func methods(method: HTTPRequest.Method, body: String, hasLength: Bool) async throws {
        try await withServer { _ in
            .bytes("HTTP/1.1 204 No Content\r\n\r\n")
        } _: { client, server in
            let response = try await client.send(
                HTTPClientRequest(method: method, url: server.url("/"), body: Array(body.utf8)))

            #expect(response.status == .noContent)
            let request = try #require(server.requests.first)
            #expect(request.hasPrefix("\(method.rawValue) / HTTP/1.1\r\n"))
            let length = "\r\nContent-Length: \(body.utf8.count)\r\n"
            #expect(request.contains(length) == hasLength)
            #expect(!request.contains("Content-Type"))
            #expect(!request.contains("Expect"))
        }
    }

    @Test("leaves the framing to itself, and sends a field that is empty")
    func framing() async throws {
        try await withServer { _ in
            .ok("")
        } _: { client, server in
            _ = try await client.send(
                HTTPClientRequest(
                    method: .post, url: server.url("/"),
                    fields: [
                        .contentLength: "400", .transferEncoding: "chunked", .init("x-empty")!: "",
                        .userAgent: "Mine",
                    ], body: [1, 2]))

            let request = try #require(server.requests.first)
            #expect(request.contains("\r\nContent-Length: 2\r\n"))
            #expect(!request.contains("400"))
            #expect(!request.contains("chunked"))
            #expect(request.lowercased().contains("\r\nx-empty:\r\n"))
            #expect(request.contains("\r\nUser-Agent: Mine\r\n"))
        }
    }

    @Test("uses a connection again, and another for calls at the same time")
    func reuse() async throws {
        try await withServer { _ in
            .ok("x")
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))
            for _ in 0..<10 { _ = try await client.send(request) }
            #expect(server.connections == 1)

            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await client.send(request).status.code } }
                for try await status in group { #expect(status == 200) }
            }

            #expect(server.requests.count == 30)
            #expect((2...21).contains(server.connections))
        }
    }

    @Test("makes no more connections to a host than it is allowed, and serves all")
    func connectionsMax() async throws {
        var limits = HTTPClientLimits()
        limits.connectionsPerHostMax = 3
        try await withServer(limits: limits) { _ in
            .ok("x")
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))

            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { _ = try await client.send(request) } }
                try await group.waitForAll()
            }

            #expect(server.requests.count == 50)
            #expect(server.connections <= 3)
        }
    }

    @Test("connects anew when the server has closed the connection that was kept")
    func staleConnection() async throws {
        try await withServer { _ in
            .bytesAndClose("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx")
        } _: { client, server in
            for _ in 0..<3 {
                let response = try await client.send(HTTPClientRequest(url: server.url("/")))
                #expect(response.body == [120])
            }

            #expect(server.connections == 3)
        }
    }

    @Test("reads bodies in chunks and after interim answers, and leaves trailers out")
    func chunked() async throws {
        try await withServer { _ in
            .bytes(
                "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n"
                    + "transfer-encoding: chunked\r\nx-kept: yes\r\n\r\n"
                    + "5\r\nhello\r\n6\r\n world\r\n0\r\nx-late: no\r\n\r\n")
        } _: { client, server in
            let response = try await client.send(HTTPClientRequest(url: server.url("/")))

            #expect(response.body == Array("hello world".utf8))
            #expect(response.fields[.init("x-kept")!] == "yes")
            #expect(response.fields[.init("x-late")!] == nil)
            #expect(response.fields[.init("link")!] == nil)
        }
    }

    @Test("carries large bodies both ways")
    func largeBodies() async throws {
        let body = String(repeating: "0123456789abcdef", count: 250_000)
        try await withServer { request in
            .ok(String(request[request.firstRange(of: "\r\n\r\n")!.upperBound...]))
        } _: { client, server in
            let response = try await client.send(
                HTTPClientRequest(
                    method: .put, url: server.url("/"), body: Array(body.utf8.prefix(400_000))))

            #expect(response.body == Array(body.utf8.prefix(400_000)))
        }
    }

    @Test("resolves names off the loop")
    func names() async throws {
        try await withServer { _ in
            .ok("x")
        } _: { client, server in
            let response = try await client.send(
                HTTPClientRequest(url: "HTTP://localhost:\(server.port)/"))

            #expect(response.status == .ok)
        }
    }
}
