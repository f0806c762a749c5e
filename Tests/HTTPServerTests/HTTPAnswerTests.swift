import EventLoop
import HTTPServer
import Testing

@LoopActor
@Suite("An answer")
struct HTTPAnswerTests {
    /// The one answer that `respond` gives to `request`, and its text.
    private func answer(
        to request: String = get("/"), isHead: Bool = false,
        _ respond: @escaping (HTTPExchange) -> Void
    ) async throws -> (TestAnswer, text: String) {
        let handler = TestHandler()
        handler.onRequest = respond
        var found: (TestAnswer, text: String)?
        try await withClient(handler) { client, _ in
            client.send(request)
            client.endSending()
            try await client.end()
            let answers = try #require(
                TestAnswer.all(client.received, isEnded: true, toHead: isHead))
            found = (try #require(answers.first), client.text)
        }
        return try #require(found)
    }

    @Test("to HEAD keeps its length and has no body")
    func head() async throws {
        let head = "HEAD / HTTP/1.1\r\nHost: x.test\r\n\r\n"

        let whole = try await answer(to: head, isHead: true) { $0.respond(200, body: [1, 2, 3]) }
        let streamed = try await answer(to: head, isHead: true) { exchange in
            exchange.beginStream(200, ["Content-Length": "7"])
            exchange.write([1, 2, 3])
            exchange.end()
        }

        #expect(whole.0.fields["content-length"] == "3")
        #expect(streamed.0.fields["content-length"] == "7")
        #expect(whole.text.hasSuffix("\r\n\r\n") && streamed.text.hasSuffix("\r\n\r\n"))
    }

    @Test("without content has no body and no length")
    func noContent() async throws {
        let empty = try await answer { $0.respond(204, body: [1, 2, 3]) }
        let unchanged = try await answer { $0.respond(304, ["ETag": "\"1\""], body: [1]) }

        #expect(empty.0.fields["content-length"] == nil && empty.text.hasSuffix("\r\n\r\n"))
        #expect(unchanged.0.fields["etag"] == "\"1\"" && unchanged.text.hasSuffix("\r\n\r\n"))
    }

    @Test("that is streamed comes in chunks, or with the length that was stated")
    func streamed() async throws {
        let chunked = try await answer { exchange in
            exchange.beginStream(200)
            exchange.write(Array("abc".utf8))
            exchange.write([])
            exchange.write(Array(repeating: UInt8(ascii: "x"), count: 300))
            exchange.end()
        }
        let counted = try await answer { exchange in
            exchange.beginStream(200, ["Content-Length": "4"])
            exchange.write(Array("ab".utf8))
            exchange.write(Array("cd".utf8))
            exchange.end()
        }

        #expect(chunked.text.contains("\r\n\r\n3\r\nabc\r\n12c\r\nxxx"))
        #expect(chunked.0.body.count == 303)
        #expect(counted.0.body == "abcd")
        #expect(counted.0.fields["transfer-encoding"] == nil)
    }

    @Test("that is streamed to HTTP/1.0 ends with the connection")
    func streamed10() async throws {
        let (answer, _) = try await answer(
            to: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        ) { exchange in
            exchange.beginStream(200)
            exchange.write(Array("abc".utf8))
            exchange.end()
        }

        #expect(answer.body == "abc")
        #expect(answer.fields["connection"] == "close")
        #expect(answer.fields["transfer-encoding"] == nil)
    }

    @Test(
        "that is longer or shorter than its length, or given up, is cut off", arguments: [0, 1, 2])
    func cutOff(_ way: Int) async throws {
        let handler = TestHandler()
        handler.onRequest = { exchange in
            exchange.beginStream(200, way < 2 ? ["Content-Length": "4"] : [:])
            exchange.write(Array("abc".utf8))
            switch way {
            case 0: exchange.write(Array("de".utf8))
            case 1: exchange.end()
            default: exchange.abort()
            }
        }

        try await withClient(handler) { client, listener in
            client.send(get("/") + get("/never"))
            try await client.wait(for: "the end") { client.isEnded }

            #expect(client.answers == nil)
            #expect(client.text.contains("abc") && !client.text.contains("abcd"))
            #expect(handler.requests.count == 1)
            #expect(listener.counters.aborted == 1)
        }
    }

    @Test("with a problem is problem+json with all its members")
    func problem() async throws {
        let (answer, _) = try await answer { exchange in
            exchange.respond(
                problem: Problem(
                    status: 422, type: "https://x.test/p", title: "No", detail: "a \"b\"\n\u{1}ü",
                    members: [
                        ("field", .text("c")), ("count", .number(-3)), ("list", .texts(["d"])),
                    ]),
                ["Retry-After": "3"])
        }

        #expect(answer.status == 422)
        #expect(answer.fields["content-type"] == "application/problem+json")
        #expect(answer.fields["retry-after"] == "3")
        #expect(
            answer.body == #"{"type":"https://x.test/p","title":"No","status":422,"#
                + #""detail":"a \"b\"\u000a\u0001ü","field":"c","count":-3,"list":["d"]}"#)
    }

    @Test("that asks for it closes the connection")
    func closes() async throws {
        let handler = TestHandler()
        handler.onRequest = { $0.respond(200, ["Connection": "close"]) }

        try await withClient(handler) { client, _ in
            client.send(get("/") + get("/never"))
            let answers = try await client.end()

            #expect(answers.map { $0.fields["connection"] } == ["close"])
        }
    }

    @Test("that closes the connection is the last, also while it waits for an earlier one")
    func closesBehind() async throws {
        let handler = TestHandler()
        var first: HTTPExchange?
        handler.onAccept = { exchange in
            guard exchange.head.path == "/nowhere" else { return .whole() }
            exchange.respond(problem: Problem(status: 404))
            return .unwanted
        }
        handler.onRequest = { first = first ?? $0 }

        try await withClient(handler) { client, _ in
            let nowhere = postChunked("/nowhere") + "1\r\na\r\n0\r\n\r\n"
            client.send(get("/slow") + nowhere + post("/orders", "never"))
            try await eventually("the first request") { first != nil }
            first?.respond(200)
            let answers = try await client.end()

            #expect(answers.map(\.status) == [200, 404])
            #expect(answers.map { $0.fields["connection"] } == [nil, "close"])
            #expect(handler.accepted == 2)
        }
    }

    @Test("that is given up is the last, also while it waits for an earlier one")
    func givenUpBehind() async throws {
        let handler = TestHandler()
        var first: HTTPExchange?
        handler.onRequest = { exchange in
            guard exchange.head.path == "/broken" else {
                first = first ?? exchange
                return
            }
            exchange.beginStream(200)
            exchange.abort()
        }

        try await withClient(handler) { client, _ in
            client.send(get("/slow") + get("/broken") + get("/never"))
            try await eventually("the first request") { first != nil }
            first?.respond(204)
            try await client.wait(for: "the end") { client.isEnded }

            #expect(handler.requests.map(\.target) == ["/slow", "/broken"])
        }
    }

    @Test("takes its Date from the handler where it states one")
    func date() async throws {
        let (answer, text) = try await answer {
            $0.respond(200, ["Date": "Thu, 01 Jan 1970 00:00:00 GMT"])
        }

        #expect(answer.fields["date"] == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(text.split(separator: "Date:").count == 2)
    }
}
