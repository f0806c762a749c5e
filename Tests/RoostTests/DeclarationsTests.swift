import Contract
import FoundationEssentials
import Testing

@testable import Roost

private struct Work: Codable, Sendable {}

private let work = Function("work", secrets: ["STRIPE"]) { (_: Command<Work>, _) in }
private let show = Function("show") { (_: WebRequest, _) in .text("") }
private let note = Function("note") { (_: Message<Work>, _) in }
private let audit = Function("audit") { (_: DocumentChange<Work>, _) in }
private let report = Function("report") { (_: Tick, _) in }

private func declarations(
    _ functions: [any Registered] = [work, show, note, audit, report], triggers: [Trigger] = [],
    schedules: [Schedule] = []
) -> Declarations {
    Declarations(
        app: "Shop", functions: functions.map(\.registration), triggers: triggers,
        schedules: schedules)
}

@Suite("An app's declarations") struct DeclarationsTests {
    @Test("make a manifest that the host reads back")
    func makeManifest() throws {
        let declared = declarations(
            triggers: [
                .http(.post, "/work/{id}", run: show),
                .http(.get, "/show", mode: .accept, run: show),
                .topic(Topic<Work>("a.b"), where: ["kind": "x"], run: note),
                .topic("a.*", run: note),
                .document(DocumentCollection<Work>("orders"), on: .created, .updated, run: audit),
                .document("orders/{order}/notes/{note}", run: audit),
            ],
            schedules: [
                .cron("0 3 * * *", zone: "Europe/Berlin", missed: .all(max: 10), run: report),
                .every(.minutes(5), name: "often", run: report),
            ])

        let manifest = try JSONDecoder().decode(Manifest.self, from: Data(declared.encodedManifest))

        #expect(declared.mistakes == [])
        #expect(manifest == declared.manifest)
        #expect(manifest.functions[0].secrets == ["STRIPE"])
        #expect(
            manifest.functions.map(\.input) == [.command, .request, .message, .document, .tick])
        #expect(
            manifest.triggers[0].rule
                == .http(
                    method: "POST", path: "/work/{id}", mode: .respond, idempotency: .optional,
                    bodyBytesMax: nil))
        #expect(
            manifest.triggers[4].rule
                == .document(pattern: "orders/{id}", kinds: ["created", "updated"]))
        #expect(manifest.schedules.map(\.name) == ["report", "often"])
        #expect(manifest.schedules.map(\.overlap) == ["queue", "skip"])
    }

    @Test("encode alike every time")
    func encodeAlike() {
        let filter = Dictionary(uniqueKeysWithValues: (0..<20).map { ("key\($0)", "\($0)") })
        let triggers: [Trigger] = [.topic("a.b", where: filter, run: note)]

        #expect(
            declarations(triggers: triggers).encodedManifest
                == declarations(triggers: triggers).encodedManifest)
    }

    @Test("name every mistake of functions with its cure")
    func findFunctionMistakes() {
        let functions: [any Registered] = [
            work, work,
            Function("Send", run: { (_: Command<Work>, _) in }),
            Function(
                "slow", timeout: .hours(25), retry: .fixed(.seconds(-1), attempts: 0),
                maxAge: .zero, concurrency: 0, secrets: ["stripe-key"], depthMax: 0,
                run: { (_: Command<Work>, _) in }),
        ]

        #expect(
            declarations(functions).mistakes == [
                "two functions are named \"work\"; give one of them another name",
                "the function name \"Send\" has 'S' at place 1; expected 1 to 63 of a-z, 0-9 and '-'",
                "the function \"slow\" has timeout 90000.0 seconds, expected 0.001 seconds to "
                    + "86400.0 seconds",
                "the function \"slow\" has maxAge 0.0 seconds, expected 0.001 seconds to "
                    + "31536000.0 seconds",
                "the function \"slow\" has attempts 0, expected 1 to 1000",
                "the function \"slow\" has a delay of retry -1.0 seconds, expected 0.0 seconds to "
                    + "2592000.0 seconds",
                "the function \"slow\" has concurrency 0, expected 1 to 100000",
                "the function \"slow\" has depthMax 0, expected 1 to 1000000",
                "the function \"slow\" reads the secret \"stripe-key\"; "
                    + "expected 1 to 64 of A-Z, 0-9 and '_', the first a letter",
            ])
    }

    @Test("name a trigger's function that is not listed, and the nearest that is")
    func findUnlistedFunction() {
        let misspelt = Function("shwo") { (_: WebRequest, _) in .text("") }
        let other = Function("something-else") { (_: WebRequest, _) in .text("") }

        #expect(
            declarations(triggers: [
                .http(.get, "/a", run: misspelt), .http(.get, "/b", run: other),
            ]).mistakes == [
                "the trigger GET /a runs \"shwo\", which is not among the app's `functions`; "
                    + "did you mean \"show\"? Else list it there",
                "the trigger GET /b runs \"something-else\", which is not among the app's "
                    + "`functions`; list it there",
            ])
    }

    @Test("name routes that no request can tell apart")
    func findEqualRoutes() {
        #expect(
            declarations(triggers: [
                .http(.get, "/orders/{id}", run: show), .http(.post, "/orders/{id}", run: show),
                .http(.get, "/orders/{order}", run: show), .http(.get, "/orders/new", run: show),
            ]).mistakes == [
                "two HTTP triggers take GET /orders/{id} and /orders/{order}; "
                    + "give one of them another path or method"
            ])
    }

    @Test("name what is wrong with patterns")
    func findBadPatterns() {
        #expect(
            declarations(triggers: [
                .http(.get, "orders", run: show), .http(.get, "/{rest...}/more", run: show),
                .topic("a..b", run: note), .document("orders", run: audit),
            ]).mistakes == [
                "the trigger GET orders: the path \"orders\" does not begin with '/'",
                "the trigger GET /{rest...}/more: the path \"/{rest...}/more\" goes on after "
                    + "{rest...}, which takes all that follows",
                "the trigger on topic \"a..b\": the topic pattern \"a..b\" has an empty part; "
                    + "expected up to 8 parts with '.' between them, the last one '*' or each "
                    + "1 to 63 of a-z, 0-9, '_' and '-', the first a letter or digit",
                "the trigger on documents \"orders\": expected collection/{id}, and again "
                    + "/collection/{id} for each level below",
            ])
    }

    @Test("name what is wrong with schedules")
    func findScheduleMistakes() {
        #expect(
            declarations(schedules: [
                .every(.milliseconds(10), run: report),
                .cron("* * * * *", missed: .all(max: 3), overlap: .skip, run: report),
                .cron("0 25 * * *", name: "late", run: report),
                .cron("0 0 30 2 *", name: "never", run: report),
                .every(.hours(1), name: "all", missed: .all(max: 0), run: report),
                .every(.hours(1), name: "more", missed: .all(max: 1_001), run: report),
                .every(.hours(1), name: "most", missed: .all(max: 1_000), run: report),
            ]).mistakes == [
                "the schedule \"report\": interval of 0.01 seconds, expected a whole number of "
                    + "seconds, 1 or more",
                "the schedule \"report\": missed: .all runs what overlap: .skip leaves out; "
                    + "use overlap: .queue",
                "the schedule \"late\": cron pattern \"0 25 * * *\": hour (field 2) is \"25\", "
                    + "expected 0 to 23, \"*\", a range \"a-b\", a step \"*/n\", \"a/n\" or "
                    + "\"a-b/n\", or a list of these with commas",
                "the schedule \"never\": cron pattern \"0 0 30 2 *\": it would never run, for no "
                    + "date has that day, month and weekday; expected a day that one of its months "
                    + "has",
                "the schedule \"all\": missed: .all(max: 0), expected 1 to 1000; take another "
                    + "number, or .latest where one run makes up for all",
                "the schedule \"more\": missed: .all(max: 1001), expected 1 to 1000; take another "
                    + "number, or .latest where one run makes up for all",
                "two schedules are named \"report\"; give one of them a name of its own: "
                    + "name: \"…\"",
            ])
    }

    @Test("are wrong without any function")
    func findNoFunctions() {
        #expect(
            declarations([]).mistakes == [
                "the app has no functions; list them in its `functions`"
            ])
    }
}
