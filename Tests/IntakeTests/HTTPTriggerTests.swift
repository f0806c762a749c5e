import Contract
import Testing

@testable import Intake

@Suite("An HTTP trigger")
struct HTTPTriggerTests {
    private func trigger(_ rule: TriggerDeclaration) -> HTTPTrigger? {
        HTTPTrigger(rule, registry: Desk.registry, limits: Limits())
    }

    @Test("is what its rule says, and takes bodies of 8 MiB unless told otherwise")
    func rule() throws {
        let plain = try #require(trigger(Desk.rule("create-order", "POST", "/orders/{id}")))
        let bound = try #require(
            trigger(Desk.rule("create-order", "POST", "/orders/{id}", bodyBytesMax: 10)))

        #expect(plain.name == "POST /orders/{id}" && plain.function.name == "create-order")
        #expect(plain.mode == .respond && plain.idempotency == .off)
        #expect(plain.bodyBytesMax == 8 << 20 && bound.bodyBytesMax == 10)
    }

    @Test("is none for a function that is not known, a broken path or another kind of rule")
    func none() {
        #expect(trigger(Desk.rule("create-ordr", "POST", "/orders")) == nil)
        #expect(trigger(Desk.rule("create-order", "POST", "orders/{")) == nil)
        #expect(
            trigger(
                TriggerDeclaration(
                    function: "create-order", rule: .topic(pattern: "orders.placed", filter: [:])))
                == nil)
    }

    @Test(
        "may be sent twice by methods that mean the same twice",
        arguments: [
            ("GET", true), ("HEAD", true), ("PUT", true), ("DELETE", true), ("POST", false),
            ("PATCH", false),
        ])
    func methods(method: String, isIdempotent: Bool) {
        #expect(
            trigger(Desk.rule("create-order", method, "/a"))?.isIdempotentMethod == isIdempotent)
    }
}
