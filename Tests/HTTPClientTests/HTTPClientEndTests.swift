import EventLoop
import HTTPClient
import HTTPTypes
import Testing

@Suite("An HTTP client that ends", .timeLimit(.minutes(1)))
@LoopActor
struct HTTPClientEndTests {
    @Test("ends a call whose task is cancelled, and its connection")
    func cancelling() async throws {
        try await withServer { _ in
            .silence
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))
            let call = Task { try await client.send(request) }
            try await eventually("the request") { server.requests.count == 1 }

            call.cancel()

            let error = await #expect(throws: HTTPClientError.self) { try await call.value }
            #expect(error == .cancelled("GET \(server.url("/"))"))
            try await eventually("the connection's end") { server.endedConnections == 1 }
        }
    }

    @Test("does not begin a call that was cancelled before")
    func cancelledBefore() async throws {
        try await withServer { _ in
            .ok("")
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))
            let call = Task { @LoopActor in
                withUnsafeCurrentTask { $0?.cancel() }
                return try await client.send(request)
            }

            await #expect(throws: HTTPClientError.self) { try await call.value }
            #expect(server.requests.isEmpty)
        }
    }

    @Test("refuses more calls than it is allowed")
    func tooManyCalls() async throws {
        var limits = HTTPClientLimits()
        limits.transfersMax = 1
        try await withServer(limits: limits) { _ in
            .silence
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))
            let first = Task { try await client.send(request) }
            try await eventually("the request") { server.requests.count == 1 }

            let error = await #expect(throws: HTTPClientError.self) {
                try await client.send(request)
            }

            #expect(error == .tooManyCalls("GET \(server.url("/"))", max: 1))
            first.cancel()
            _ = await first.result
        }
    }

    @Test("ends all calls when it is closed, and refuses what comes later")
    func closing() async throws {
        try await withServer { _ in
            .silence
        } _: { client, server in
            let request = HTTPClientRequest(url: server.url("/"))
            let calls = (0..<5).map { _ in Task { try await client.send(request) } }
            try await eventually("the requests") { server.requests.count == 5 }

            client.close()

            let closed = HTTPClientError.closed("GET \(server.url("/"))")
            for call in calls { await #expect(throws: closed) { try await call.value } }
            await #expect(throws: closed) { try await client.send(request) }
        }
    }

    @Test("leaves no handle behind")
    func handles() async throws {
        await #expect(processExitsWith: .success) { try await useAndCloseAClient() }
    }

    @Test("traps when it is dropped before it was closed")
    func leaking() async {
        let result = await #expect(
            processExitsWith: .failure, observing: [\.standardErrorContent]
        ) {
            try await withServer { _ in
                .ok("")
            } _: { _, server in
                _ = try await HTTPClient().send(HTTPClientRequest(url: server.url("/")))
                try await eventually("the trap") { false }
            }
        }

        let words = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) }
        #expect(words?.contains("a client is closed before it is dropped") == true)
    }
}

@LoopActor
private func useAndCloseAClient() async throws {
    try await withServer {
        $0.hasPrefix("GET /slow") ? .silence : .ok("x")
    } _: { client, server in
        let slow = HTTPClientRequest(url: server.url("/slow"))
        let calls = (0..<3).map { _ in Task { try await client.send(slow) } }
        for _ in 0..<3 {
            _ = try await client.send(
                HTTPClientRequest(url: "http://localhost:\(server.port)/"))
        }
        calls[0].cancel()
        _ = try? await client.send(HTTPClientRequest(url: "http://localhost:1/"))
    }
    try await eventually("no open handle") { LoopActor.openHandles == 0 }
}
