import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Events in the admin API")
struct EventsTests {
    @Test("are listed in pages, with their filters")
    @LoopActor
    func list() async throws {
        try await withDesk { desk in
            desk.store.page { _ in
                .events(
                    [
                        EventSummary(
                            id: Sample.event, number: EventNumber(5), kind: .message,
                            subject: "orders", acceptedAt: Desk.now, cause: nil)
                    ], next: EventNumber(5))
            }
            let reply = try await desk.ask(
                "GET /v1/events?type=roost.message&subject=orders&limit=1&after=9")

            #expect(
                reply.body == """
                    {"items":[{"id":"\(Sample.event)","type":"roost.message",\
                    "source":"/message/orders","subject":"orders",\
                    "time":"2026-11-23T04:00:00.000Z","cause":null}],"next":"5"}
                    """)
            #expect(
                desk.store.queries == [
                    .events(
                        EventFilter(
                            kind: .message, subject: "orders", before: EventNumber(9), limit: 1))
                ])
        }
    }

    @Test("name what is wrong with a filter")
    @LoopActor
    func badFilter() async throws {
        try await withDesk { desk in
            let type = try await desk.ask("GET /v1/events?type=roost.mesage")
            let after = try await desk.ask("GET /v1/events?after=x")

            #expect(
                try type.problem(400)
                    == "the query has type=roost.mesage; expected one of roost.request, "
                    + "roost.command, roost.message, roost.document, roost.file, roost.tick, "
                    + "roost.event; did you mean \"roost.message\"?")
            #expect(
                try after.problem(400)
                    == "the query has after=x; expected \"next\" of the page before")
        }
    }
}
