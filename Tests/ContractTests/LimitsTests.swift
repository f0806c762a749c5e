import Contract
import Testing

@Suite("The limits") struct LimitsTests {
    @Test("let a worker take what the host may take for one event")
    func deliveries() {
        var limits = Limits()
        #expect(limits.deliveryBytesMax > limits.bodiesBytesMax)

        limits.bodiesBytesMax = 1 << 20
        limits.documentBytesMax = 4 << 20
        #expect(limits.deliveryBytesMax == (8 << 20) + 4096)
    }

    @Test("refuse a trigger that wants longer bodies than all may have together")
    func triggers() {
        let limits = Limits()
        let triggers = [limits.bodiesBytesMax, limits.bodiesBytesMax + 1, nil].map { bytes in
            TriggerDeclaration(
                function: "f",
                rule: .http(
                    method: "PUT", path: "/a", mode: .respond, idempotency: .off,
                    bodyBytesMax: bytes))
        }

        #expect(
            limits.mistakes(in: triggers) == [
                "the trigger PUT /a: bodyBytesMax is 268435457, where limits.bodiesBytesMax lets "
                    + "all bodies together have 268435456 bytes; lower the first or raise the "
                    + "second"
            ])
    }
}
