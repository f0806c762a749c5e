import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Invoking a function")
struct WaitingTests {
    private static let line = "POST /v1/functions/send-receipt/invocations"

    @Test("answers with the end of the first attempt")
    @LoopActor
    func succeeds() async throws {
        try await withDesk { desk in
            desk.runner.outcome = .succeeded
            let reply = try await desk.ask(Self.line, #"{"data":1}"#)

            #expect(reply.status == 200)
            #expect(try reply.text("outcome") == "succeeded")
            #expect(
                reply.body.hasSuffix(#""outcome":"succeeded","state":"succeeded","output":null}"#))
            #expect(desk.runner.deliveries.map(\.event.data) == [Array("1".utf8)])
        }
    }

    @Test("hands on a request function's response as the output")
    @LoopActor
    func output() async throws {
        try await withDesk { desk in
            let line = "POST /v1/functions/create-order/invocations"
            desk.runner.outcome = .succeeded
            desk.runner.response = ResponseData(
                status: 201, body: .whole(Array(#"{"id": "7"}"#.utf8)))
            let json = try await desk.ask(line)
            desk.runner.response = ResponseData(status: 200, body: .whole(Array("hello".utf8)))
            let text = try await desk.ask(line)

            #expect(json.body.hasSuffix(#""state":"succeeded","status":201,"output":{"id": "7"}}"#))
            #expect(text.body.hasSuffix(#""output":"hello"}"#))
        }
    }

    @Test(
        "tells how it failed and where that leaves it",
        arguments: [
            (Outcome.rejected(reason: "no such order"), "rejected", "dead", "no such order"),
            (.failed(error: "boom", retryAfter: nil), "failed", "retrying", "boom"),
            (.crashed(error: "SIGTRAP"), "crashed", "retrying", "SIGTRAP"),
        ])
    @LoopActor
    func fails(outcome: Outcome, name: String, state: String, error: String) async throws {
        try await withDesk { desk in
            desk.runner.outcome = outcome
            let reply = try await desk.ask(Self.line)

            #expect(reply.status == 200)
            #expect(
                reply.body.hasSuffix(
                    #""outcome":"\#(name)","state":"\#(state)","error":"\#(error)"}"#))
        }
    }

    @Test("answers 202 where the caller does not want to wait any longer")
    @LoopActor
    func wait() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(Self.line, fields: ["Prefer: wait=0"])

            #expect(reply.status == 202)
            #expect(reply.field("preference-applied") == nil)
            #expect(reply.body.hasSuffix(#""duplicate":false}"#))
        }
    }

    @Test("answers 202 at once where the first attempt is due later than anybody waits")
    @LoopActor
    func dueLater() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(Self.line, #"{"data":1,"afterSeconds":3600}"#)

            #expect(reply.status == 202)
            #expect(desk.runner.deliveries.isEmpty)
        }
    }

    @Test("lets callers go when the host stops, takes nothing more, and answers questions")
    @LoopActor
    func drains() async throws {
        try await withDesk { desk in
            async let waiting = desk.ask(Self.line)
            try await eventually("the attempt to begin") { desk.dispatcher.running == 1 }
            desk.api.drain()

            let first = try await waiting
            #expect(first.status == 202)
            let later = try await desk.ask(Self.line)
            #expect(try later.problem(503).hasPrefix("the host is stopping"))
            #expect(try await desk.ask("GET /healthz").status == 200)
        }
    }

    @Test(
        "tells a caller whose invocation is cancelled before it ran, alone or with others",
        arguments: [("/\(Sample.id)/cancel", ""), ("/cancel", #"{"function":"send-receipt"}"#)])
    @LoopActor
    func cancelled(path: String, body: String) async throws {
        try await withDesk { desk in
            var detail = Sample.detail(.cancelled, outcome: "interrupted")
            detail.summary.number = InvocationNumber(event: EventNumber(1), ordinal: 0)
            let found = detail
            desk.store.page { _ in .invocation(found) }
            let function = try #require(desk.dispatcher.registry["send-receipt"])
            desk.dispatcher.setPaused(true, function: function) { _ in }
            try await eventually("the pause") { desk.dispatcher.isPaused(function) }

            async let waiting = desk.ask(Self.line)
            try await eventually("the caller to wait") { !desk.store.records.isEmpty }
            let reply = try await desk.ask("POST /v1/invocations\(path)", body)
            let told = try await waiting

            #expect(reply.status == 200 && told.status == 200)
            #expect(told.body.hasSuffix(Self.cancelledEnd), "\(told.body)")
            #expect(desk.runner.deliveries.isEmpty)
        }
    }

    private static let cancelledEnd =
        #""outcome":"interrupted","state":"cancelled","error":"it was cancelled"}"#

    @Test("answers a known key that what it has was cancelled before it ran")
    @LoopActor
    func knownCancelled() async throws {
        try await withDesk { desk in
            var detail = Sample.detail(.cancelled, outcome: "")
            detail.history = []
            let found = detail
            desk.store.page { _ in .invocation(found) }
            _ = try await desk.ask(Self.line, #"{"key":"k"}"#, fields: ["Prefer: respond-async"])
            let again = try await desk.ask(Self.line, #"{"key":"k"}"#)

            #expect(again.status == 200)
            #expect(again.body.hasSuffix(Self.cancelledEnd), "\(again.body)")
        }
    }

    @Test("answers a known key with what became of the first one")
    @LoopActor
    func knownKey() async throws {
        try await withDesk { desk in
            desk.runner.outcome = .succeeded
            desk.store.page { _ in .invocation(Sample.detail(.succeeded, outcome: "succeeded")) }
            _ = try await desk.ask(Self.line, #"{"key":"k"}"#)
            let again = try await desk.ask(Self.line, #"{"key":"k"}"#)

            #expect(again.status == 200)
            #expect(try again.text("state") == "succeeded")
            #expect(desk.runner.deliveries.count == 1)
        }
    }
}
