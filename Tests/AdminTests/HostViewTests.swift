import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("The host in the admin API")
struct HostViewTests {
    @Test("is ready where every check is good, and says which is not")
    @LoopActor
    func readiness() async throws {
        try await withDesk {
            $0.readiness = {
                [
                    .init(name: "store", isGood: true),
                    .init(name: "workers", isGood: false, detail: "none is up"),
                ]
            }
        } _: { desk in
            let reply = try await desk.ask("GET /readyz", token: nil)

            #expect(reply.status == 503)
            #expect(
                reply.body == """
                    {"ready":false,"checks":[{"name":"store","ok":true,"detail":""},\
                    {"name":"workers","ok":false,"detail":"none is up"}]}
                    """)
        }
    }

    @Test("tells its status")
    @LoopActor
    func status() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .status(Sample.status) }
            let reply = try await desk.ask("GET /v1/status")

            #expect(reply.status == 200)
            #expect(
                reply.body == """
                    {"version":"1.2.3","app":"Shop","pid":42,\
                    "startedAt":"2026-11-23T03:58:00.000Z",\
                    "uptimeSeconds":120,"listen":null,"admin":null,"ready":true,"checks":[],\
                    "workers":0,\
                    "running":0,"invocations":{"recorded":16,"scheduled":0,"ready":3,\
                    "running":0,"retrying":0,\
                    "succeeded":10,"cancelled":0,"dead":2,"pruned":1},"gone":[{"name":"old",\
                    "owed":4}],\
                    "store":{"fileBytes":8192,"walBytes":4096}}
                    """)
        }
    }

    @Test("says so where the store can't be read")
    @LoopActor
    func unreadable() async throws {
        try await withDesk { desk in
            let reply = try await desk.ask("GET /v1/status")

            #expect(
                try reply.problem(503) == "the store could not be read: the disk is gone; ask again"
            )
        }
    }

    @Test("lists its functions with their policies")
    @LoopActor
    func functions() async throws {
        try await withDesk {
            $0.policyOrigins = { $0 == "send-receipt" ? ["timeout": "roost.yaml:3"] : [:] }
        } _: { desk in
            desk.store.page { _ in .status(Sample.status) }
            let one = try await desk.ask("GET /v1/functions/send-receipt")
            let all = try await desk.ask("GET /v1/functions")

            #expect(
                one.body == """
                    {"name":"send-receipt","input":"command","paused":false,\
                    "counts":{"scheduled":0,"ready":3,\
                    "running":0,"retrying":0,"dead":2},"triggers":[],\
                    "policies":{"timeoutSeconds":60,\
                    "attemptsMax":20,"retry":{"growth":"exponential","fromSeconds":1,\
                    "toSeconds":3600,\
                    "jitter":"half"},"maxAgeSeconds":86400,"concurrencyMax":null,\
                    "priority":"normal",\
                    "depthMax":32},"origins":{"timeout":"roost.yaml:3"}}
                    """)
            #expect(all.body.hasPrefix(#"{"items":[\#(one.body),"#))
        }
    }

    @Test("pauses a function and goes on with it")
    @LoopActor
    func pause() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .status(Sample.status) }
            let paused = try await desk.ask("POST /v1/functions/send-receipt/pause")
            let resumed = try await desk.ask("POST /v1/functions/send-receipt/resume")
            let unknown = try await desk.ask("POST /v1/functions/sned-receipt/pause")

            #expect(paused.body.contains(#""paused":true"#))
            #expect(resumed.body.contains(#""paused":false"#))
            #expect(try unknown.problem(404).hasSuffix("did you mean \"send-receipt\"?"))
        }
    }

    @Test("shows an event with what is owed for it")
    @LoopActor
    func event() async throws {
        try await withDesk { desk in
            let event = Event(
                id: Sample.event, kind: .command, subject: "send-receipt", acceptedAt: Desk.now,
                data: Array(#"{"n": 1.50}"#.utf8), dataContentType: "application/json")
            desk.store.page { _ in
                .event(EventDetail(event: event, invocations: [Sample.summary()]))
            }
            let reply = try await desk.ask("GET /v1/events/\(Sample.event)")

            #expect(try reply.text("type") == "roost.command")
            #expect(
                reply.body.contains(#""data":{"n": 1.50},"invocations":[{"id":"\#(Sample.id)""#))
        }
    }

    @Test("writes a backup where it is told to, and wants a whole path")
    @LoopActor
    func backup() async throws {
        struct Taken: Error, CustomStringConvertible { let description = "the file exists" }
        try await withDesk {
            $0.backup = { file in
                if file == "/taken" { throw Taken() }
                return 4096
            }
        } _: { desk in
            let written = try await desk.ask("POST /v1/backup", #"{"file":"/backups/one"}"#)
            let relative = try await desk.ask("POST /v1/backup", #"{"file":"one"}"#)
            let taken = try await desk.ask("POST /v1/backup", #"{"file":"/taken"}"#)

            #expect(written.body == #"{"file":"/backups/one","bytes":4096}"#)
            #expect(
                try relative.problem(400)
                    == "the member \"file\" is \"one\"; expected the absolute path of a file "
                    + "that does not exist yet")
            #expect(try taken.problem(500) == "no backup was written: the file exists")
        }
    }
}
