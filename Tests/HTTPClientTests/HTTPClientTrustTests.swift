import EventLoop
import HTTPClient
import Testing

@Suite("An HTTP client over TLS", .timeLimit(.minutes(1)))
@LoopActor
struct HTTPClientTrustTests {
    @Test("talks to a server whose certificate it trusts")
    func trusts() async throws {
        let server = SecureServer()
        defer { server.close() }
        try await server.start()
        let client = HTTPClient(authorities: server.certificate)
        defer { client.close() }

        for _ in 0..<2 {
            let response = try await client.send(HTTPClientRequest(url: server.url))

            #expect(response.status == .ok)
            #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1"))
        }
    }

    @Test("refuses a server whose certificate the machine does not trust, and sends nothing")
    func refuses() async throws {
        let server = SecureServer()
        defer { server.close() }
        try await server.start()
        let client = HTTPClient()
        defer { client.close() }

        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await client.send(HTTPClientRequest(url: server.url))
        }

        let text = try #require(error).description
        #expect(text.hasPrefix("GET \(server.url): the other side could not be trusted ("))
        #expect(text.contains("self-signed certificate"), "\(text)")
        #expect(text.hasSuffix("check its certificate and the machine's clock and authorities"))
    }

    @Test("refuses a name that the certificate does not have")
    func refusesNames() async throws {
        let server = SecureServer()
        defer { server.close() }
        try await server.start()
        let client = HTTPClient(authorities: server.certificate)
        defer { client.close() }

        let error = await #expect(throws: HTTPClientError.self) {
            _ = try await client.send(
                HTTPClientRequest(url: "https://localhost:\(server.port)/"))
        }

        guard case .untrusted = error else { return #expect(Bool(false), "\(error!)") }
    }
}
