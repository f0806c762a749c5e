import EventLoop
import HTTPServer
import HTTPTypes
import Testing

@Suite("A request's head")
struct RequestHeadTests {
    @LoopActor
    private func head(_ request: String) async throws -> RequestHead {
        let handler = TestHandler()
        var head: RequestHead?
        handler.onRequest = {
            head = $0.head
            $0.respond(204)
        }
        try await withClient(handler) { client, _ in
            client.send(request)
            try await client.answers(1)
        }
        return try #require(head)
    }

    @Test("finds fields whatever their case, the first one first, all in order")
    func fields() async throws {
        let head = try await head(get("/", "ACCEPT: a\r\naccept:\t b \r\nX-Empty:\r\n"))

        #expect(head["accept"] == "a")
        #expect(head.values("accept") == ["a", "b"])
        #expect(head["x-empty"] == "" && head["x-none"] == nil)
        #expect(head.first("host").map(Array.init) == Array("x.test".utf8))
        var seen: [String] = []
        head.forEachField { name, value in
            seen.append(
                "\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))"
            )
        }
        #expect(seen == ["Host=x.test", "ACCEPT=a", "accept=b", "X-Empty="])
        #expect(head.fieldCount == 4)
    }

    @Test("splits its target at the question mark")
    func target() async throws {
        let head = try await head(get("/a%2Fb?c=d+e&f&g=%41%zz&c=2"))

        #expect(head.target == "/a%2Fb?c=d+e&f&g=%41%zz&c=2")
        #expect(head.path == "/a%2Fb")
        #expect(head.query == "c=d+e&f&g=%41%zz&c=2")
        #expect(head.queryItems.map(\.name) == ["c", "f", "g", "c"])
        #expect(head.queryItems.map(\.value) == ["d e", "", "%41%zz", "2"])
        #expect(PercentCoding.decode(head.pathBytes) == "/a/b")
    }

    @Test("takes host and path from an absolute target")
    func absolute() async throws {
        let long = try await head("GET http://y.test:8080/a?b HTTP/1.1\r\nHost: x.test\r\n\r\n")
        let short = try await head("GET HTTPS://[::1]?b HTTP/1.1\r\nHost: x.test\r\n\r\n")

        #expect(long.host == "y.test:8080" && long.path == "/a" && long.query == "b")
        #expect(short.host == "[::1]" && short.path == "/" && short.query == "b")
    }

    @Test("knows methods, also rare ones")
    func methods() async throws {
        #expect(try await head("PATCH / HTTP/1.1\r\nHost: x\r\n\r\n").method == .patch)
        #expect(try await head("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n").path == "*")
        #expect(try await head("REPORT / HTTP/1.1\r\nHost: x\r\n\r\n").method.rawValue == "REPORT")
    }

    @Test("decodes percents and refuses what they do not make")
    func percents() {
        func decode(_ text: String) -> String? { PercentCoding.decode(Array(text.utf8)[...]) }

        #expect(decode("a+b%20%C3%BC") == "a+b ü")
        #expect(decode("%2") == nil && decode("%") == nil && decode("%GG") == nil)
        #expect(decode("%FF") == nil)
    }
}
