import EventLoop
import HTTPServer
import Testing

/// Every case of `docs/vectors/http-bad.json` over a real connection.
///
/// Cases graded `must` hold to the letter. What the vectors leave open is decided here:
///
/// | case | input | decided |
/// |---|---|---|
/// | http-009 (policy) | folded header value | 400, never joined |
/// | http-015 (should) | version 3.0 | 505 |
/// | http-016 (policy) | bare LF as line end | 400 |
/// | http-020 (either) | two equal Content-Length | 400 |
/// | http-021, 042 (incomplete) | input ends early, half-closed | 400, then closed |
@Suite("The bad requests of the vectors")
struct BadRequestVectorTests {
    @Test("are answered as each case says", arguments: try HTTPVector.all())
    func verdict(_ vector: HTTPVector) async throws {
        try await check(vector)
    }

    @LoopActor
    private func check(_ vector: HTTPVector) async throws {
        let handler = TestHandler()
        try await withClient(handler) { client, _ in
            client.send(vector.bytes)
            if vector.afterSending == "half-close" { client.endSending() }
            switch vector.verdict {
            case .accepted(let requests, let closes):
                let answers = try await closes ? client.end() : client.answers(requests.count)

                #expect(handler.requests == requests)
                #expect(answers.allSatisfy { $0.status == 200 })
                #expect(client.isEnded == closes)
            case .refused(let statuses):
                let answers = try await client.end()

                #expect(handler.accepted == 0 || vector.isRefusedInBody)
                #expect(handler.requests == [])
                #expect(answers.count == 1)
                #expect(statuses.contains(answers.first?.status ?? 0), "\(client.text)")
                #expect(answers.first?.fields["content-type"] == "application/problem+json")
                #expect(answers.first?.fields["connection"] == "close")
            }
        }
    }
}
