import EventLoop
import HTTPServer

/// Answers what a test tells it to, and keeps what it was asked.
@LoopActor
final class TestHandler: HTTPHandler {
    struct Request: Equatable {
        var method: String
        var target: String
        var body: String
    }

    private(set) var requests: [Request] = []
    private(set) var accepted = 0
    var onAccept: (HTTPExchange) -> BodyPlan = { _ in .whole() }
    /// Answers with the target and the body, unless a test wants something else.
    var onRequest: (HTTPExchange) -> Void = { exchange in
        exchange.respond(
            200, ["Content-Type": "text/plain"],
            body: Array(exchange.head.target.utf8) + exchange.body)
    }

    func accept(_ exchange: HTTPExchange) -> BodyPlan {
        accepted += 1
        return onAccept(exchange)
    }

    func respond(to exchange: HTTPExchange) {
        requests.append(
            Request(
                method: exchange.head.method.rawValue, target: exchange.head.target,
                body: String(decoding: exchange.body, as: UTF8.self)))
        onRequest(exchange)
    }
}

/// A listener on a port of its own for as long as `body` runs.
@LoopActor
func withListener(
    _ handler: TestHandler = TestHandler(), budget: BodyBudget? = nil,
    limits: HTTPLimits = HTTPLimits(),
    _ body: (HTTPListener) async throws -> Void
) async throws {
    let listener = try HTTPListener(
        SocketAddress(host: "127.0.0.1", port: 0), limits: limits, budget: budget, handler: handler)
    defer { listener.close() }
    try await body(listener)
}

/// A listener, and one client that is connected to it, for as long as `body` runs.
@LoopActor
func withClient(
    _ handler: TestHandler = TestHandler(), budget: BodyBudget? = nil,
    limits: HTTPLimits = HTTPLimits(),
    _ body: (TestClient, HTTPListener) async throws -> Void
) async throws {
    try await withListener(handler, budget: budget, limits: limits) { listener in
        let client = try await TestClient(to: listener)
        defer { client.close() }
        try await body(client, listener)
    }
}

extension HTTPLimits {
    /// The limits, but for what `change` sets.
    static func but(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }
}

/// Lets the loop turn until `condition` holds.
@LoopActor
func eventually(_ what: String, _ condition: () -> Bool) async throws {
    let deadline = LoopActor.uptimeNanoseconds + 20_000_000_000
    while !condition() {
        guard LoopActor.uptimeNanoseconds < deadline else {
            throw TestClient.TimedOut(description: "waited 20 s until \(what)")
        }
        await Task.yield()
    }
}

/// A plain request for `path`.
func get(_ path: String, _ fields: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nHost: x.test\r\n\(fields)\r\n"
}

/// A request with a body of known length.
func post(_ path: String, _ body: String, _ fields: String = "") -> String {
    postHead(path, length: body.utf8.count, fields) + body
}

/// The head of such a request.
func postHead(_ path: String, length: Int, _ fields: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x.test\r\nContent-Length: \(length)\r\n\(fields)\r\n"
}

/// The head of a request whose body comes in chunks.
func postChunked(_ path: String, _ fields: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nHost: x.test\r\nTransfer-Encoding: chunked\r\n\(fields)\r\n"
}
