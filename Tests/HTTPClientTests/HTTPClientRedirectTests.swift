import EventLoop
import HTTPClient
import HTTPTypes
import Testing

@Suite("An HTTP client that is redirected", .timeLimit(.minutes(1)))
@LoopActor
struct HTTPClientRedirectTests {
    @Test("follows a GET within its scheme and answers with the last head")
    func following() async throws {
        try await withServer { request in
            request.hasPrefix("GET /new ") ? .ok("here") : .redirect(to: "/new")
        } _: { client, server in
            let response = try await client.send(HTTPClientRequest(url: server.url("/old")))

            #expect(response.status == .ok)
            #expect(response.body == Array("here".utf8))
            #expect(response.fields[.location] == nil)
            #expect(server.requests.count == 2)
        }
    }

    @Test(
        "gives the redirect as the answer to any other method",
        arguments: [.post, .put, .delete]
            as [HTTPRequest.Method])
    func otherMethods(method: HTTPRequest.Method) async throws {
        try await withServer { _ in
            .redirect(to: "/new")
        } _: { client, server in
            let response = try await client.send(
                HTTPClientRequest(method: method, url: server.url("/old")))

            #expect(response.status == .found)
            #expect(response.fields[.location] == "/new")
            #expect(server.requests.count == 1)
        }
    }

    @Test("follows none where none is allowed")
    func none() async throws {
        var limits = HTTPClientLimits()
        limits.redirectsMax = 0
        try await withServer(limits: limits) { _ in
            .redirect(to: "/new")
        } _: { client, server in
            let response = try await client.send(HTTPClientRequest(url: server.url("/old")))

            #expect(response.status == .found)
        }
    }

    @Test("refuses another scheme", arguments: ["https://127.0.0.1:1/", "file:///etc/passwd"])
    func otherScheme(location: String) async throws {
        try await withServer { _ in
            .redirect(to: location)
        } _: { client, server in
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/old")))
            }

            #expect(error == .otherScheme("GET \(server.url("/old"))", location: location))
            #expect(
                error?.description
                    == "GET \(server.url("/old")): redirected to \"\(location)\", which has another "
                    + "scheme and is not followed; call that address itself if it is trusted")
        }
    }

    @Test("follows as often as it is allowed, and not once more")
    func tooMany() async throws {
        var limits = HTTPClientLimits()
        limits.redirectsMax = 2
        try await withServer(limits: limits) { request in
            request.hasPrefix("GET /last ")
                ? .redirect(to: "/end")
                : request.hasPrefix("GET /end ")
                    ? .ok("end")
                    : .redirect(to: request.hasPrefix("GET /first ") ? "/middle" : "/last")
        } _: { client, server in
            let call = "GET \(server.url("/first"))"

            let response = try await client.send(HTTPClientRequest(url: server.url("/middle")))
            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(HTTPClientRequest(url: server.url("/first")))
            }

            #expect(response.status == .ok)
            #expect(error == .tooManyRedirects(call, max: 2))
        }
    }

    @Test("takes no authorization to another host")
    func authorization() async throws {
        try await withServer { _ in
            .ok("other")
        } _: { client, other in
            let server = try CannedServer { _ in
                .redirect(to: "http://localhost:\(other.port)/")
            }
            defer { server.close() }

            _ = try await client.send(
                HTTPClientRequest(
                    url: server.url("/"), fields: [.authorization: "Bearer secret"]))

            #expect(server.requests[0].contains("Bearer secret"))
            #expect(!other.requests[0].contains("secret"))
        }
    }
}
