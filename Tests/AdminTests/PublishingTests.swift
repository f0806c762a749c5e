import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Publishing to a topic")
struct PublishingTests {
    private static let line = "POST /v1/topics/orders.placed/messages"

    @Test("answers 202 with the event's id, and owes it to whoever has subscribed")
    @LoopActor
    func one() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(
                Self.line,
                #"{"data": {"n":1.0}, "attributes":{"zone":"eu-1"},"orderingKey":"c-1","key":"k"}"#)

            let event = EventID(.event, number: 1, at: Desk.now)
            #expect(reply.status == 202)
            #expect(reply.body == #"{"id":"\#(event)","duplicate":false}"#)
            #expect(reply.field("location") == "/v1/events/\(event)")
            let record = try #require(desk.store.records.first)
            #expect(String(decoding: record.event.data, as: UTF8.self) == #"{"n":1.0}"#)
            #expect(record.event.kind == .message && record.event.subject == "orders.placed")
            #expect(record.event.facts.attributes == ["zone": "eu-1", "partitionkey": "c-1"])
            #expect(record.owed.map(\.function) == [FunctionNumber(4)])
            #expect(record.owed.map(\.orderingKey) == ["c-1"])
            #expect(record.key?.trigger == "topic/orders.placed" && record.key?.key == "k")
        }
    }

    @Test("keeps a message that nobody wants")
    @LoopActor
    func unwanted() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(Self.line, #"{"data":1}"#)

            #expect(reply.status == 202)
            #expect(desk.store.records.first?.owed == [])
        }
    }

    @Test("takes many in one commit")
    @LoopActor
    func many() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask(
                Self.line, #"{"messages":[{"data":1},{"data":2,"key":"k"},{"data":2,"key":"k"}]}"#)

            let ids = (1...2).map { EventID(.event, number: $0, at: Desk.now) }
            #expect(reply.status == 202)
            #expect(
                reply.body
                    == #"{"ids":["\#(ids[0])","\#(ids[1])","\#(ids[1])"],"duplicates":1}"#)
        }
    }

    @Test(
        "says what is wrong with a message",
        arguments: [
            (
                "orders.placed", #"{"date":1}"#,
                "the body has the member \"date\", which is not known here; did you mean \"data\"?"
            ),
            (
                "orders.placed", #"{"attributes":{"a":1}}"#,
                "the member \"attributes.a\" is a number; expected a text"
            ),
            (
                "orders.placed", #"{"attributes":{"partitionkey":"c-1"}}"#,
                "the attribute \"partitionkey\" carries a message's ordering key; "
                    + "say orderingKey instead"
            ),
            (
                "orders.placed", #"{"orderingKey":""}"#,
                "the member \"orderingKey\" is 0 bytes; expected 1 to 255"
            ),
            (
                "orders.placed", #"{"messages":[]}"#,
                "the member \"messages\" is empty; expected 1 to 1000 messages"
            ),
            (
                "Orders", "{}",
                "the topic \"Orders\" has 'O' at place 1; expected up to 8 parts with '.' between "
                    + "them, each 1 to 63 of a-z, 0-9, '_' and '-', the first a letter or digit"
            ),
        ])
    @LoopActor
    func mistakes(topic: String, body: String, problem: String) async throws {
        try await withDesk { desk in
            let reply = try await desk.ask("POST /v1/topics/\(topic)/messages", body)

            #expect(try reply.problem(400) == problem)
            #expect(desk.store.records.isEmpty)
        }
    }
}
