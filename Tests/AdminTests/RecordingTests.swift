import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Sending to a function")
struct RecordingTests {
    private static let line = "POST /v1/functions/send-receipt/invocations"
    private static let prefer = ["Prefer: respond-async"]

    @Test("answers 202 with the ids as soon as it is recorded")
    @LoopActor
    func asynchronous() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(Self.line, #"{"data":{"order":1}}"#, fields: Self.prefer)

            let event = EventID(.event, number: 1, at: Desk.now)
            let number = InvocationNumber(event: EventNumber(1), ordinal: 0).rawValue
            let invocation = EventID(.invocation, number: number, at: Desk.now)
            #expect(reply.status == 202)
            #expect(
                reply.body == #"{"id":"\#(event)","invocation":"\#(invocation)","duplicate":false}"#
            )
            #expect(reply.field("location") == "/v1/invocations/\(invocation)")
            #expect(reply.field("preference-applied") == "respond-async")
            #expect(reply.field("content-type") == "application/json")
        }
    }

    @Test("keeps the data byte for byte")
    @LoopActor
    func bytes() async throws {
        try await withDesk { desk in
            let data =
                #"{"n": 1234567890123456789012345678901234567890, "a":"\u00e9", "a" : 1.0e2 }"#
            _ = try await desk.ask(Self.line, #"{ "data" : \#(data) }"#, fields: Self.prefer)

            let record = try #require(desk.store.records.first)
            #expect(String(decoding: record.event.data, as: UTF8.self) == data)
            #expect(record.event.kind == .command)
            #expect(record.event.subject == "send-receipt")
            #expect(record.owed.map(\.function) == [FunctionNumber(1)])
        }
    }

    @Test("takes an empty body for no data")
    @LoopActor
    func empty() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(Self.line, fields: Self.prefer)
            #expect(reply.status == 202)
            #expect(desk.store.records.first?.event.data == Array("{}".utf8))
        }
    }

    @Test("records the key, the delay and the caller's trace")
    @LoopActor
    func keyAndDelay() async throws {
        try await withDesk { desk in
            let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            let reply = try await desk.ask(
                Self.line, #"{"data":1,"key":"k-1","afterSeconds":1.5}"#,
                fields: Self.prefer + ["traceparent: \(trace)", "tracestate: a=1"])

            let record = try #require(desk.store.records.first)
            #expect(reply.status == 202)
            #expect(
                record.key
                    == Record.Key(
                        trigger: "command/send-receipt", key: "k-1",
                        expiresAt: Desk.now + .hours(24)))
            #expect(record.owed.map(\.start) == [.at(Desk.now + .milliseconds(1500))])
            #expect(record.event.facts.trace?.description == trace)
            #expect(record.event.facts.traceState == "a=1")
        }
    }

    @Test("answers a known key for the invocation that it has")
    @LoopActor
    func duplicate() async throws {
        try await withDesk { desk in
            let body = #"{"data":1,"key":"k"}"#
            let first = try await desk.ask(Self.line, body, fields: Self.prefer)
            let second = try await desk.ask(Self.line, body, fields: Self.prefer)

            #expect(try second.text("id") == (try first.text("id")))
            #expect(second.body.hasSuffix(#""duplicate":true}"#))
        }
    }

    @Test("hands a request function a POST of the data")
    @LoopActor
    func request() async throws {
        try await withDesk { desk in
            let line = "POST /v1/functions/create-order/invocations"
            let reply = try await desk.ask(line, #"{"data":{"id":"7"}}"#, fields: Self.prefer)
            #expect(reply.status == 202)

            let data = try RequestData(decoding: try #require(desk.store.records.first).event.data)
            #expect(data.method == "POST")
            #expect(data.fields == [RequestData.Field("Content-Type", "application/json")])
            #expect(data.body == Array(#"{"id":"7"}"#.utf8))
        }
    }

    @Test("takes many in one commit")
    @LoopActor
    func batch() async throws {
        try await withDesk { desk in
            let body = #"{"commands":[{"data":1,"key":"a"},{"data":2},{"data":1,"key":"a"}]}"#
            let reply = try await desk.ask(Self.line, body)

            let ids = (1...2).map { EventID(.event, number: $0, at: Desk.now) }
            #expect(reply.status == 202)
            #expect(
                reply.body == #"{"ids":["\#(ids[0])","\#(ids[1])","\#(ids[0])"],"duplicates":1}"#)
            #expect(desk.store.groups.first == 3)
            #expect(desk.store.records.map(\.continuesBatch) == [false, true, true])
        }
    }

    @Test("scans a long body off the loop")
    @LoopActor
    func long() async throws {
        try await withDesk { desk in
            let text = String(repeating: "x", count: 100_000)
            let reply = try await desk.ask(Self.line, #"{"data":"\#(text)"}"#, fields: Self.prefer)

            #expect(reply.status == 202)
            #expect(desk.store.records.first?.event.data.count == 100_002)
        }
    }

    @Test("says what is wrong with the request", arguments: RefusedRequest.all)
    @LoopActor
    func refused(_ refused: RefusedRequest) async throws {
        var limits = Limits()
        limits.dataBytesMax = 100
        limits.batchMax = 2
        try await withDesk(limits: limits) { desk in
            let line = "POST /v1/functions/\(refused.function)/invocations"
            let reply = try await desk.ask(line, refused.body, fields: Self.prefer)

            #expect(try reply.problem(refused.status) == refused.detail)
            #expect(desk.store.records.isEmpty)
        }
    }

    @Test(
        "says when to send it again where the store can't take it",
        arguments: [
            (Refusal.backlogFull(max: 10), 429, "5"), (.diskFull, 503, "5"),
            (.storeLocked, 503, "5"), (.overloaded, 503, "1"),
            (.broken("disk I/O error"), 503, "30"),
        ])
    @LoopActor
    func unable(refusal: Refusal, status: Int, seconds: String) async throws {
        try await withDesk { desk in
            desk.store.refuse(refusal)
            let reply = try await desk.ask(Self.line, fields: Self.prefer)

            #expect(try reply.problem(status).hasPrefix("\(refusal); "))
            #expect(reply.field("retry-after") == seconds)
        }
    }

    @Test("takes nothing while the disk is nearly full")
    @LoopActor
    func closed() async throws {
        try await withDesk { desk in
            desk.dispatcher.isAccepting = false
            let reply = try await desk.ask(Self.line, fields: Self.prefer)

            #expect(
                try reply.problem(503)
                    == "the disk is full; free some space, and send it again with the same key")
        }
    }
}

/// A request that can't be recorded, and why.
struct RefusedRequest: Sendable, CustomTestStringConvertible {
    var function = "send-receipt"
    var body = "{}"
    var status: Int
    var detail: String

    var testDescription: String { "\(status) for \(body.prefix(40))" }

    static let all: [RefusedRequest] = [
        .init(
            function: "send-reciept", status: 404,
            detail: "no function is named \"send-reciept\"; did you mean \"send-receipt\"?"),
        .init(
            function: "audit-order", status: 422,
            detail:
                "function \"audit-order\" takes a document, and only functions that take a "
                + "command or a "
                + "request can be invoked directly; write the document that it waits for"),
        .init(
            body: #"{"data":tru}"#, status: 400,
            detail: "the body is not JSON at offset 11: expected true, false or null, found '}'"),
        .init(body: "[1]", status: 400, detail: "the body is an array; expected an object"),
        .init(
            body: #"{"dat":1}"#, status: 400,
            detail:
                "the body has the member \"dat\", which is not known here; did you mean \"data\"?"),
        .init(
            body: #"{"key":7}"#, status: 400,
            detail: "the member \"key\" is a number; expected a text, or null for no key"),
        .init(
            body: #"{"key":"a b"}"#, status: 400,
            detail:
                "the idempotency key has a blank or a character beyond ASCII at place 2; "
                + "expected 1 to "
                + "255 visible ASCII characters, in quotes or bare; a UUID is a good one"),
        .init(
            body: #"{"afterSeconds":-1}"#, status: 400,
            detail:
                "the member \"afterSeconds\" is -1; expected a number of seconds from 0 to "
                + "31536000, "
                + "which is a year"),
        .init(
            body: "{\"data\":\"\(String(repeating: "x", count: 99))\"}", status: 413,
            detail:
                "the data has 101 bytes, where 100 is the most; put it into a file or a "
                + "document and send "
                + "its name, or raise limits.dataBytesMax"),
        .init(
            body: #"{"commands":[{},{},{}]}"#, status: 413,
            detail: "the body has 3 commands, where 2 is the most; send several requests"),
        .init(
            body: #"{"commands":[]}"#, status: 400,
            detail: "the member \"commands\" is empty; expected 1 to 2 commands"),
        .init(
            body: #"{"commands":[{}],"data":1}"#, status: 400,
            detail: "the body has the member \"data\", which is not known here; expected commands"),
    ]
}
