import Contract
import Testing

@Suite("What an effect takes in a frame") struct EffectSizeTests {
    static let more: [Effect] = [
        .put(path: "orders/é", body: [UInt8](repeating: 1, count: 127)),
        .put(path: "orders/1", body: [UInt8](repeating: 1, count: 128)),
        .put(path: "orders/1", body: [UInt8](repeating: 1, count: 16_384)),
        .merge(
            path: "orders/2", patch: [],
            operations: [.append(member: "l", values: [[UInt8]](repeating: [], count: 300))]),
        .publish(
            Publication(
                topic: "t", data: [], key: String(repeating: "k", count: 255),
                orderingKey: String(repeating: "o", count: 255))),
        .schedule(schedule(.cron("* * * * *"))), .schedule(schedule(.everyMilliseconds(.max))),
        .unschedule(name: "s"),
    ]

    private static func schedule(_ pattern: ScheduleDeclaration.Pattern) -> ScheduleDeclaration {
        ScheduleDeclaration(
            name: "s", function: "f", pattern: pattern, zone: "Europe/Berlin", missed: "latest",
            overlap: "skip", gap: "after", repeated: "first", jitterMilliseconds: 0)
    }

    @Test(
        "is known without writing it, but for a few bytes too much",
        arguments: Samples.effects + more)
    func counts(effect: Effect) {
        let without = Report(outcome: .succeeded, beganAt: Samples.now, duration: .zero)
        var with = without
        with.effects = [effect]

        let taken = with.bytes.count - without.bytes.count

        #expect(taken <= effect.frameBytesMax)
        #expect(effect.frameBytesMax <= taken + 20)
    }
}
