import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations
import Testing

@Suite("The intake of requests")
@LoopActor
struct HTTPIntakeTests {
    private let key = "Idempotency-Key: \"8e03978e-40d5-43dd-bc93-6894a57f9324\""

    @Test("answers with the handler's response, and the handler sees the request as it came")
    func respond() async throws {
        try await withDesk { desk in
            desk.runner.response = ResponseData(
                status: 201, fields: [RequestData.Field("X-Order", "7")],
                body: .whole(Array("ok".utf8)))

            let reply = try await desk.ask(
                "POST /orders/7%2F8?a=b", "body", fields: ["X-Name: Zoë"])

            #expect(reply.status == 201 && reply.body == "ok" && reply.field("x-order") == "7")
            let event = try #require(desk.runner.begun.first?.delivery.event)
            let request = try RequestData(decoding: event.data)
            #expect(event.kind == .request && event.subject == "POST /orders/{id}")
            #expect(request.method == "POST" && request.target == "/orders/7%2F8?a=b")
            #expect(request.parameters == [RequestData.Field("id", "7/8")])
            #expect(request.body == Array("body".utf8))
            #expect(
                request.encoded() == event.data, "its bytes are those that a worker would write")
        }
    }

    @Test("continues the trace of its caller")
    func trace() async throws {
        try await withDesk { desk in
            let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

            _ = try await desk.ask(
                "GET /orders/7", fields: ["traceparent: \(parent)", "tracestate: a=b"])

            let event = try #require(desk.runner.begun.first?.delivery.event)
            #expect(event.trace == TraceParent(parent) && event.traceState == "a=b")
        }
    }

    @Test("accepts what is to be run later, and says where it is")
    func accept() async throws {
        try await withDesk { desk in
            let first = try await desk.ask("POST /hooks/github/push", "{}", fields: [key])
            let second = try await desk.ask("POST /hooks/github/push", "{}", fields: [key])

            #expect(first.status == 202 && second.status == 202)
            let id = try #require(try first.text("id"))
            #expect(try second.text("id") == id)
            #expect(first.field("location") == "/v1/events/\(id)")
            #expect(
                first.body.contains("\"duplicate\":false")
                    && second.body.contains("\"duplicate\":true"))
            #expect(desk.store.records.map(\.key?.trigger) == ["http/POST /hooks/{rest...}"])
        }
    }

    @Test("replays the answer to a key, and refuses the key for another request")
    func replay() async throws {
        try await withDesk { desk in
            desk.runner.response = ResponseData(status: 201, body: .whole(Array("first".utf8)))
            let first = try await desk.ask("POST /orders/7", "a", fields: [key])
            desk.runner.response = ResponseData(status: 500)

            let again = try await desk.ask("POST /orders/7", "a", fields: [key])
            let other = try await desk.ask("POST /orders/7", "b", fields: [key])

            #expect(first.status == 201 && first.field("idempotent-replayed") == nil)
            #expect(again.status == 201 && again.body == "first")
            #expect(again.field("idempotent-replayed") == "true")
            #expect(other.status == 422 && desk.runner.begun.count == 1)
            #expect(desk.store.responses.map(\.expiresAt) == [Desk.now + .hours(24)])
        }
    }

    @Test("takes a bare key for the same as one in quotes, and sends it on as another text")
    func bareKey() async throws {
        try await withDesk { desk in
            _ = try await desk.ask("POST /orders/7", fields: ["Idempotency-Key: abc"])
            let again = try await desk.ask("POST /orders/7", fields: ["Idempotency-Key: \"abc\""])

            #expect(again.field("idempotent-replayed") == "true")
            let once = try #require(desk.runner.begun.first?.delivery.onceKey)
            #expect(once.count == 32 && once != "abc")
        }
    }

    @Test("answers 409 while the first request with a key has not been answered")
    func outstanding() async throws {
        try await withDesk { desk in
            desk.runner.outcome = nil
            async let first = desk.ask("POST /orders/7", fields: [key])
            try await eventually("the first to run") { desk.runner.begun.count == 1 }

            let second = try await desk.ask("POST /orders/7", fields: [key])
            desk.runner.end(desk.runner.begun[0], .succeeded)

            #expect(second.status == 409 && second.field("retry-after") == "1")
            #expect(try await first.status == 200)
        }
    }

    @Test(
        "asks for a key where one is required, and for a good one",
        arguments: [
            ([], "needs the header Idempotency-Key"), (["Idempotency-Key: "], "is empty"),
            (["Idempotency-Key: a b"], "at place 2"),
            (["Idempotency-Key: a", "Idempotency-Key: b"], "quotes"),
        ] as [([String], String)])
    func badKey(fields: [String], text: String) async throws {
        try await withDesk { desk in
            let reply = try await desk.ask("PUT /strict", fields: fields)

            #expect(reply.status == 400)
            #expect(try #require(try reply.text("detail")).contains(text))
        }
    }

    @Test(
        "answers what has no route",
        arguments: [
            ("GET /nothing", 404, nil), ("DELETE /orders/7", 405, "GET, HEAD, OPTIONS, POST"),
            ("OPTIONS /strict", 204, "OPTIONS, PUT"), ("GET /orders/%FF", 400, nil),
        ] as [(String, Int, String?)])
    func noRoute(line: String, status: Int, allow: String?) async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(line)

            #expect(reply.status == status && reply.field("allow") == allow)
        }
    }

    @Test(
        "says how a call failed, and nothing of what is inside",
        arguments: [
            (.failed(error: "secret", retryAfter: nil), 500, nil),
            (.failed(error: "secret", retryAfter: .milliseconds(1_500)), 503, "2"),
            (.timedOut, 504, nil), (.crashed(error: "secret"), 500, nil),
            (.interrupted(.drained), 503, "1"),
        ] as [(Outcome, Int, String?)])
    func failures(outcome: Outcome, status: Int, retryAfter: String?) async throws {
        try await withDesk { desk in
            desk.runner.outcome = outcome

            let reply = try await desk.ask("POST /orders/7")

            #expect(reply.status == status && reply.field("retry-after") == retryAfter)
            #expect(reply.field("content-type") == "application/problem+json")
            #expect(!reply.body.contains("secret"))
        }
    }

    @Test("does not send a response whose fields would break the message")
    func badResponse() async throws {
        try await withDesk { desk in
            desk.runner.response = ResponseData(
                status: 200, fields: [RequestData.Field("X-A", "b\r\nX-C: d")])

            let reply = try await desk.ask("GET /orders/7")

            #expect(reply.status == 500 && reply.field("x-c") == nil)
        }
    }

    @Test(
        "says when nothing can be accepted",
        arguments: [
            (.backlogFull(max: 9), 429), (.diskFull, 503), (.broken("gone"), 503),
            (.storeLocked, 503), (.overloaded, 503),
        ] as [(Refusal, Int)])
    func refused(refusal: Refusal, status: Int) async throws {
        try await withDesk { desk in
            desk.store.refuse(refusal)

            let reply = try await desk.ask("POST /hooks/a", "{}")

            #expect(reply.status == status && reply.field("retry-after") != nil)
        }
    }

    @Test("bounds a body by its route, and an accepted one by what an event may carry")
    func bounds() async throws {
        var limits = Limits()
        limits.dataBytesMax = 400
        try await withDesk(limits: limits) { desk in
            let long = String(repeating: "x", count: 11)
            let route = try await desk.ask("PUT /strict", long, fields: [key])
            let event = try await desk.ask("POST /hooks/a", String(repeating: "x", count: 400))

            #expect(route.status == 413 && event.status == 413)
            #expect(desk.store.records.isEmpty && desk.runner.begun.isEmpty)
        }
    }

    @Test(
        "counts a body until its call has ended, though the caller is gone",
        arguments: ["", "Idempotency-Key: a\r\n"])
    func budget(fields: String) async throws {
        try await withDesk { desk in
            desk.runner.outcome = nil
            let caller = try await ByteStream.connect(to: desk.address)
            defer { caller.close() }
            caller.write(
                "POST /orders/7 HTTP/1.1\r\nHost: x\r\n\(fields)Content-Length: 4\r\n\r\nbody".utf8)
            try await eventually("the call to run") { desk.runner.begun.count == 1 }
            desk.cutOff()
            #expect(desk.budget.bytesInUse == 4)

            desk.runner.end(desk.runner.begun[0], .succeeded)

            try await eventually("the call to end") { desk.budget.bytesInUse == 0 }
        }
    }

    @Test("takes nothing while the disk is nearly full")
    func closed() async throws {
        try await withDesk { desk in
            desk.dispatcher.isAccepting = false

            let reply = try await desk.ask("GET /orders/7")

            #expect(reply.status == 503 && desk.runner.begun.isEmpty)
        }
    }
}
