import Contract
import Dispatching
import Invocations
import Testing

@Suite("A plan of effects")
struct EffectPlanTests {
    private let plan: EffectPlan
    private let cause: EffectPlan.Cause

    init() {
        var limits = Limits()
        limits.dataBytesMax = 10
        limits.documentBytesMax = 12
        plan = EffectPlan(
            registry: Desk.registry([
                Desk.function("send-receipt"), Desk.function("create-order", input: .request),
            ]), limits: limits)
        cause = Self.cause(depth: 0)
    }

    private static func cause(depth: Int) -> EffectPlan.Cause {
        let event = NewEvent(
            kind: .request, subject: "POST /orders", acceptedAt: Desk.start, data: [],
            tenant: "acme",
            traceState: "a=b", depth: depth)
        return EffectPlan.Cause(
            event: event.numbered(EventNumber(4)),
            invocation: EventID(.invocation, number: 4 << 12, at: Desk.start))
    }

    @Test(
        "says what can't be committed",
        arguments: [
            (
                .send(Sending(function: "send-reciept", data: [])),
                "a command names function \"send-reciept\", which the app does not have; did you mean "
                    + "\"send-receipt\"?"
            ),
            (
                .send(Sending(function: "zzzzzz", data: [])),
                "a command names function \"zzzzzz\", which the app does not have"
            ),
            (
                .send(Sending(function: "create-order", data: [])),
                "a command names function \"create-order\", which takes a request"
            ),
            (
                .send(Sending(function: "send-receipt", data: Array(repeating: 48, count: 11))),
                "an effect carries 11 bytes of data, where 10 is the most"
            ),
            (
                .publish(
                    Publication(topic: "orders.placed", data: Array(repeating: 48, count: 11))),
                "an effect carries 11 bytes of data, where 10 is the most"
            ),
            (
                .put(path: "orders/1", body: Array(repeating: 48, count: 13)),
                "document \"orders/1\" has 13 bytes, where 12 is the most"
            ),
            (
                .merge(path: "orders/1", patch: Array(repeating: 48, count: 13), operations: []),
                "document \"orders/1\" has 13 bytes, where 12 is the most"
            ),
            (
                .delete(path: "orders"),
                "the document path \"orders\" ends in a collection; expected collection/id, and again "
                    + "/collection/id for each level below"
            ),
            (
                .publish(Publication(topic: "Orders", data: [])),
                "the topic \"Orders\" has 'O' at place 1; expected up to 8 parts with '.' between them, "
                    + "each 1 to 63 of a-z, 0-9, '_' and '-', the first a letter or digit"
            ),
            (
                .send(Sending(function: "send-receipt", data: [], key: "a b")),
                "the idempotency key has a blank or a character beyond ASCII at place 2; expected 1 to "
                    + "255 visible ASCII characters, in quotes or bare; a UUID is a good one"
            ),
        ] as [(Effect, String)])
    func errors(effect: Effect, text: String) {
        let error = #expect(throws: EffectError.self) {
            try plan.plan([effect], reads: [], cause: cause, now: Desk.start)
        }

        #expect(error?.description == text)
    }

    @Test("says what a response with a key may have")
    func responseBytes() {
        #expect(
            "\(EffectError.responseBytes(max: 9))"
                == "the response is over 9 bytes, which is the most for a call with an idempotency key"
        )
    }

    @Test("bounds all effects of an attempt together")
    func together() throws {
        let effects = (1...3).map { Effect.put(path: "orders/\($0)", body: Array("{}".utf8)) }
        let bytes = effects.reduce(0) { $0 + $1.frameBytesMax }
        var limits = Limits()
        limits.effectsBytesMax = bytes
        let plan = EffectPlan(registry: Desk.registry([]), limits: limits)
        limits.effectsBytesMax -= 1
        let tight = EffectPlan(registry: Desk.registry([]), limits: limits)

        let planned = try plan.plan(effects, reads: [], cause: cause, now: Desk.start)
        #expect(planned.writes.count == 3)
        let error = #expect(throws: EffectError.self) {
            try tight.plan(effects, reads: [], cause: cause, now: Desk.start)
        }
        #expect(
            error?.description
                == "the effects of the attempt have \(bytes) bytes together, where \(bytes - 1) is "
                + "the most")
    }

    @Test("lets through what is just within its bounds, in order")
    func bounds() throws {
        let body = Array(#"{"a":12345}"#.utf8) + [32]
        let read = DocumentRead(path: "orders/1", version: 3)

        let planned = try plan.plan(
            [
                .put(path: "orders/1", body: body),
                .merge(path: "orders/1", patch: body, operations: []),
                .delete(path: "orders/2"),
                .send(Sending(function: "send-receipt", data: Array(repeating: 48, count: 10))),
            ], reads: [read], cause: cause, now: Desk.start)

        #expect(
            planned.writes == [
                .put(path: "orders/1", body: body),
                .merge(path: "orders/1", patch: body, operations: []),
                .delete(path: "orders/2"),
            ])
        #expect(planned.reads == [read])
        #expect(planned.records.count == 1)
    }

    @Test("makes a command the cause's follower: its tenant, its trace, one deeper")
    func follower() throws {
        let sending = Sending(function: "send-receipt", data: [49], after: .seconds(30), key: "7")

        let record = try plan.plan(
            [.send(sending)], reads: [], cause: cause, now: Desk.start
        ).records[0]

        #expect(record.event.facts.cause == cause.invocation)
        #expect(record.event.depth == 1 && record.event.facts.tenant == "acme")
        #expect(record.event.facts.trace == cause.event.trace.continued(by: cause.invocation))
        #expect(record.event.facts.traceState == "a=b")
        #expect(record.event.data == [49])
        #expect(
            record.owed == [
                Owed(function: FunctionNumber(1), start: .at(Desk.start + .seconds(30)))
            ])
        #expect(record.key?.trigger == "command/send-receipt" && record.key?.key == "7")
        #expect(record.key?.expiresAt == Desk.start + .hours(24))
        #expect(!record.comesFromOutside)
    }

    @Test("records a message, which nobody is owed yet")
    func message() throws {
        let publication = Publication(
            topic: "orders.placed", data: [49], key: "7", attributes: ["a": "b"])

        let record = try plan.plan(
            [.publish(publication)], reads: [], cause: cause, now: Desk.start
        ).records[0]

        #expect(record.event.kind == .message && record.event.subject == "orders.placed")
        #expect(record.event.facts.attributes == ["a": "b"] && record.owed.isEmpty)
        #expect(record.key?.trigger == "topic/orders.placed")
    }

    @Test("refuses a message whose attributes claim an ordering key")
    func orderingKeyAttribute() {
        let publication = Publication(
            topic: "orders.placed", data: [49], attributes: ["partitionkey": "c-1"])

        let error = #expect(throws: EffectError.self) {
            try plan.plan([.publish(publication)], reads: [], cause: cause, now: Desk.start)
        }
        #expect(error?.description.hasSuffix("say orderingKey instead") == true)
    }

    @Test("ends a chain that is deeper than its function allows")
    func depth() throws {
        let effects = [Effect.send(Sending(function: "send-receipt", data: []))]

        let last = try plan.plan(effects, reads: [], cause: Self.cause(depth: 31), now: Desk.start)
        let over = try plan.plan(effects, reads: [], cause: Self.cause(depth: 32), now: Desk.start)

        #expect(last.records[0].owed[0].start == .whenClaimed)
        #expect(
            over.records[0].owed[0].start
                == .never(
                    TooDeep(
                        function: "send-receipt", depth: 33, depthMax: 32,
                        sender: "request \"POST /orders\"")))
    }
}
