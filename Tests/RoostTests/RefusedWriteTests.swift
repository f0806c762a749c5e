import Contract
import EventLoop
import Testing

@testable import Roost

private struct Item: Codable, Sendable {
    var id: String
}

private let items = DocumentCollection<Item>("items")
private let noop = Function("noop") { (_: Command<Int>, _) in }

@Suite("A write that can't be committed", .timeLimit(.minutes(1))) @LoopActor
struct RefusedWriteTests {
    private static let refusals: [String] = [
        "no function of the app is named \"nopo\"; did you mean \"noop\"? "
            + "list it in the app's `functions`",
        "the delay of a command is -1.0 seconds, expected 0 to 3650 days",
        "the idempotency key has a blank or a character beyond ASCII at place 2; "
            + "expected 1 to 255 visible ASCII characters, in quotes or bare; "
            + "a UUID is a good one",
        "the document path \"Items/a\" has 'I' at place 1; expected collection/id, "
            + "and again /collection/id for each level below",
        "the document id \"a/b\" has '/' at place 2; expected 1 to 200 bytes without "
            + "'/' and control characters",
        "a document of \"texts\" could not be written as JSON: it is no object",
        "a document of \"texts\" has 1048584 bytes, where 1048576 are the most",
        "the attribute \"partitionkey\" carries a message's ordering key; say orderingKey instead",
        "no function of the app is named \"elsewhere\"; list it in the app's `functions`",
    ]

    @Test("is refused at the call")
    func isRefused() async throws {
        let misspelt = Function("nopo") { (_: Command<Int>, _) in }
        let elsewhere = Function("elsewhere") { (_: Tick, _) in }
        let writes = Function("writes") { (_: Command<Int>, context) in
            func text(_ body: () throws -> Void) -> String {
                do { try body() } catch { return "\(error)" }
                return "taken"
            }
            let big = String(repeating: "x", count: 1 << 20)
            let texts = [
                text { try context.send(1, to: misspelt) },
                text { try context.send(1, to: noop, after: .seconds(-1)) },
                text { try context.send(1, to: noop, key: "a b") },
                text { try context.collection("Items", of: Item.self).delete("a") },
                text { try context[items].delete("a/b") },
                text { try context.collection("texts", of: String.self).put("x", id: "a") },
                text {
                    try context.collection("texts", of: [String: String].self).put(
                        ["x": big], id: "a")
                },
                text {
                    try context.publish(
                        1, to: Topic<Int>("a"), attributes: ["partitionkey": "c-1"])
                },
                text { try context.schedules.set("s", .cron("0 3 * * *", run: elsewhere)) },
            ]
            throw Rejection(texts.joined(separator: "\n"))
        }

        try await withWorker(writes, noop) { bench in
            try bench.invoke(1, "writes")
            let reason = try await bench.outcome().report.outcome.error

            #expect(reason?.split(separator: "\n").map(String.init) == Self.refusals)
        }
    }

    @Test("is refused by the bounds that the host's settings say")
    func keepsTheHostsBounds() async throws {
        let writes = Function("writes") { (_: Command<Int>, context) in
            var texts: [String] = []
            let collection = context.collection("texts", of: [String: String].self)
            do { try collection.put(["x": "123456789012"], id: "a") } catch {
                texts.append("\(error)")
            }
            do { try context.send(123, to: noop) } catch { texts.append("\(error)") }
            do {
                for number in 0..<5 { try collection.delete("\(number)") }
            } catch { texts.append("\(error)") }
            throw Rejection(texts.joined(separator: "\n"))
        }
        var limits = Limits()
        limits.documentBytesMax = 19
        limits.dataBytesMax = 2
        limits.effectsBytesMax = 30

        try await withWorker(writes, noop, effects: EffectLimits(limits)) { bench in
            try bench.invoke(1, "writes")
            let reason = try await bench.outcome().report.outcome.error

            #expect(
                reason?.split(separator: "\n") == [
                    "a document of \"texts\" has 20 bytes, where 19 are the most",
                    "the command has 3 bytes, where 2 are the most",
                    "all that this attempt writes has 36 bytes, where 30 are the most",
                ])
        }
    }
}
