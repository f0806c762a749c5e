import Contract
import EventLoop
import Testing

@testable import Roost

private struct Item: Codable, Sendable {
    struct Part: Codable, Sendable { var price: Double }
    var parts: [Part]
}

private let items = DocumentCollection<Item>("items")

@Suite("A worker, asked through HTTP,", .timeLimit(.minutes(1))) @LoopActor
struct WorkerResponseTests {
    private func text(_ response: ResponseData?) -> String? {
        guard case .whole(let body)? = response?.body else { return nil }
        return String(decoding: body, as: UTF8.self)
    }

    private func grant(_ bench: WorkerBench, _ number: UInt32, _ bytes: Int) {
        bench.send(.window, number) { $0.append(count: bytes) }
    }

    @Test("answers with the handler's response")
    func answers() async throws {
        let greet = Function("greet") { (request: WebRequest, _) in
            .text("hello \(request.query["name"] ?? "")", headers: [.cacheControl: "no-store"])
        }

        try await withWorker(greet) { bench in
            try bench.request(1, "greet", target: "/greet?name=a%20b")
            let report = try await bench.outcome().report

            #expect(report.outcome == .succeeded)
            #expect(report.response?.status == 200)
            #expect(
                report.response?.fields == [
                    RequestData.Field("Cache-Control", "no-store"),
                    RequestData.Field("Content-Type", "text/plain; charset=utf-8"),
                ])
            #expect(text(report.response) == "hello a b")
        }
    }

    @Test("answers 400 with the field's path where a body does not decode")
    func answersUnreadable() async throws {
        let take = Function("take") { (request: WebRequest, _) in .json(try request.json(Item.self))
        }

        try await withWorker(take) { bench in
            try bench.request(1, "take", body: #"{"parts":[{"price":1},{"price":"2"}]}"#)
            let report = try await bench.outcome().report

            let reason = "body.parts[1].price: expected a number, found a text"
            #expect(report.outcome == .rejected(reason: reason))
            #expect(report.response?.status == 400)
            #expect(
                text(report.response)
                    == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"\#(reason)"}"#
            )
        }
    }

    @Test(
        "answers a rejection with its status",
        arguments: [
            (
                Rejection("too late"), 422,
                #"{"type":"about:blank","title":"Unprocessable Content","status":422,"detail":"too late"}"#
            ),
            (
                Rejection(status: 404), 404,
                #"{"type":"about:blank","title":"Not Found","status":404}"#
            ),
        ])
    func answersRejection(rejection: Rejection, status: Int, body: String) async throws {
        let refuse = Function("refuse") { (_: WebRequest, _) in throw rejection }

        try await withWorker(refuse) { bench in
            try bench.request(1, "refuse")
            let response = try await bench.outcome().report.response

            #expect(response?.status == status)
            #expect(response?.fields.first?.value == "application/problem+json")
            #expect(text(response) == body)
        }
    }

    @Test("fails an attempt whose response can't be sent")
    func failsOnBadResponse() async throws {
        let long = Function("long") { (_: WebRequest, _) in
            .bytes([UInt8](repeating: 1, count: 200_001))
        }
        let odd = Function("odd") { (_: WebRequest, _) in .status(101) }
        let unencodable = Function("unencodable") { (_: WebRequest, _) in .json(Double.nan) }

        try await withWorker(long, odd, unencodable) { bench in
            var errors: [String?] = []
            for (number, name) in ["long", "odd", "unencodable"].enumerated() {
                try bench.request(UInt32(number + 1), name)
                errors.append(try await bench.outcome().report.outcome.error)
            }

            #expect(
                errors[0] == "the response's body has 200001 bytes, where 200000 are the most; "
                    + "stream it: .stream { writer in … }")
            #expect(errors[1] == "the response has status 101, expected 200 to 599")
            #expect(errors[2]?.hasPrefix("the response could not be written as JSON") == true)
        }
    }

    @Test("sends a long body as frames, as far as the host takes it")
    func sendsLongBody() async throws {
        let long = Function("long") { (_: WebRequest, _) in
            .bytes([UInt8](repeating: 7, count: 150_000))
        }

        try await withWorker(long) { bench in
            try bench.request(1, "long")
            #expect(try await bench.outcome().report.response?.body == .long(bytes: 150_000))
            grant(bench, 1, 70_000)
            let first = try await bench.next(.body).payload
            let second = try await bench.next(.body).payload
            grant(bench, 1, 1 << 20)
            var rest = 0
            var last = try await bench.next(.body).payload
            while last[0] == 0 {
                rest += last.count - 1
                last = try await bench.next(.body).payload
            }

            #expect(first.count - 1 == Frame.bodyBytesMax)
            #expect(second.count - 1 == 70_000 - Frame.bodyBytesMax)
            #expect(rest == 80_000)
            #expect(last == [1])
        }
    }

    @Test("streams a body after its outcome, and takes no more writes then")
    func streams() async throws {
        let stream = Function("stream") { (_: WebRequest, context) in
            .stream { writer in
                try await writer.write("one")
                do {
                    try context[items].delete("a")
                } catch {
                    try await writer.write("\(error)")
                }
                try await writer.write(event: "tick", id: "1", data: "a\nb")
            }
        }

        try await withWorker(stream) { bench in
            try bench.request(1, "stream")
            #expect(try await bench.outcome().report.response?.body == .streamed)
            grant(bench, 1, 1 << 20)
            var texts: [String] = []
            var last = try await bench.next(.body).payload
            while last[0] == 0 {
                texts.append(String(decoding: last.dropFirst(), as: UTF8.self))
                last = try await bench.next(.body).payload
            }

            #expect(last == [1])
            #expect(
                texts == [
                    "one",
                    "delete(\"items/a\") came while the response's body was made, after the "
                        + "commit; write before the handler returns",
                    "event: tick\nid: 1\ndata: a\ndata: b\n\n",
                ])
        }
    }

    @Test("throws at the writer of a body that nobody wants any more")
    func abandons() async throws {
        let ended = AsyncStream<String>.makeStream()
        let stream = Function("stream") { (_: WebRequest, _) in
            .stream { writer in
                do {
                    while true { try await writer.write("x") }
                } catch {
                    ended.continuation.yield("\(error)")
                    throw error
                }
            }
        }

        try await withWorker(stream) { bench in
            try bench.request(1, "stream")
            _ = try await bench.outcome()
            grant(bench, 1, 2)
            _ = try await bench.next(.body)
            bench.send(.abandon, 1)
            var last = try await bench.next(.body).payload
            while last[0] == 0 { last = try await bench.next(.body).payload }
            var texts = ended.stream.makeAsyncIterator()

            #expect(last == [2])
            let text = await texts.next()
            #expect(
                text == "nobody wants the rest of the response" || text == "CancellationError()")
        }
    }
}
