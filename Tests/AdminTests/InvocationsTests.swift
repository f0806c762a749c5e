import Admin
import Contract
import EventLoop
import Invocations
import Testing

@Suite("Invocations in the admin API")
struct InvocationsTests {
    private static let item = """
        {"id":"\(Sample.id)","event":"\(Sample.event)","function":"send-receipt","state":"dead",\
        "attempts":2,"attemptsMax":20,"acceptedAt":"2026-11-23T04:00:00.000Z","dueAt":null,\
        "startedAt":"2026-11-23T04:00:00.005Z","finishedAt":"2026-11-23T04:00:00.009Z",\
        "error":"no luck"
        """

    @Test("are listed in pages, with their filters")
    @LoopActor
    func list() async throws {
        try await withDesk { desk in
            desk.store.page { _ in
                .invocations([Sample.summary(error: "no luck")], next: InvocationNumber(4096))
            }
            let query = "state=dead&function=send-receipt&event=\(Sample.event)&limit=10&after=8192"
            let reply = try await desk.ask("GET /v1/invocations?\(query)")

            #expect(reply.status == 200)
            #expect(reply.body == #"{"items":[\#(Self.item)}],"next":"4096"}"#)
            #expect(
                desk.store.queries == [
                    .invocations(
                        InvocationFilter(
                            state: .dead, function: FunctionNumber(1), event: Sample.event,
                            before: InvocationNumber(8192), limit: 10))
                ])
        }
    }

    @Test("name what is wrong with a filter")
    @LoopActor
    func badFilter() async throws {
        try await withDesk { desk in
            let state = try await desk.ask("GET /v1/invocations?state=ded")
            let function = try await desk.ask("GET /v1/invocations?function=send-reciept")
            let limit = try await desk.ask("GET /v1/invocations?limit=0")

            #expect(
                try state.problem(400)
                    == "the query has state=ded; expected one of scheduled, ready, running, "
                    + "retrying, succeeded, cancelled, dead; did you mean \"dead\"?")
            #expect(
                try function.problem(404)
                    == "no function is named \"send-reciept\"; did you mean \"send-receipt\"?")
            #expect(
                try limit.problem(400)
                    == "the query has limit=0; expected a whole number from 1 to 1000")
        }
    }

    @Test("show their history and logs alone")
    @LoopActor
    func show() async throws {
        try await withDesk {
            $0.logs = { _ in
                [
                    LogView(
                        time: Desk.now, attempt: 3,
                        log: .init(level: "info", message: "hi", metadata: ["a": "1"]))
                ]
            }
        } _: { desk in
            desk.store.page { _ in
                .invocation(Sample.detail(.dead, outcome: "rejected", error: "no luck"))
            }
            let reply = try await desk.ask("GET /v1/invocations/\(Sample.id)")

            #expect(
                reply.body == Self.item + """
                    ,"history":[{"number":3,"outcome":"rejected","error":"no luck",\
                    "startedAt":"2026-11-23T04:00:00.005Z",\
                    "finishedAt":"2026-11-23T04:00:00.009Z","worker":77}],\
                    "logs":[{"time":"2026-11-23T04:00:00.000Z","attempt":3,"level":"info",\
                    "message":"hi",\
                    "metadata":{"a":"1"}}]}
                    """)
        }
    }

    @Test(
        "show what an attempt answered where nobody waited for it",
        arguments: [
            (.whole(Array(#"{"ok":true}"#.utf8)), #""data":{"ok":true}"#),
            (.long(bytes: 70_000), #""bytesNotKept":70000"#),
        ] as [(ResponseData.Body, String)])
    @LoopActor
    func response(body: ResponseData.Body, shown: String) async throws {
        try await withDesk { desk in
            var detail = Sample.detail(.succeeded, outcome: "succeeded")
            detail.history[0].response = ResponseData(
                status: 201, fields: [.init("Content-Type", "application/json")], body: body)
            let found = detail
            desk.store.page { _ in .invocation(found) }
            let reply = try await desk.ask("GET /v1/invocations/\(Sample.id)")

            #expect(
                reply.body.contains(
                    #""response":{"status":201,"datacontenttype":"application/json",\#(shown)}"#),
                "\(reply.body)")
        }
    }

    @Test("are not found under another id", arguments: ["7", "\(Sample.event)"])
    @LoopActor
    func unknown(id: String) async throws {
        try await withDesk { desk in
            desk.store.page { _ in .invocation(nil) }
            let reply = try await desk.ask("GET /v1/invocations/\(id)")

            #expect(
                try reply.problem(404)
                    == "no invocation has the id \"\(id)\"; it may have been pruned, or the "
                    + "id is an event's")
        }
    }

    @Test("are retried and cancelled one by one")
    @LoopActor
    func one() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .invocation(Sample.detail(.ready, outcome: "failed")) }
            let retried = try await desk.ask("POST /v1/invocations/\(Sample.id)/retry")
            let cancelled = try await desk.ask("POST /v1/invocations/\(Sample.id)/cancel")

            #expect(retried.status == 200)
            #expect(try retried.text("state") == "ready")
            #expect(cancelled.status == 200)
            #expect(desk.store.selections == [.one(Sample.number), .one(Sample.number)])
        }
    }

    @Test("that run are asked to stop; those that ended can't be cancelled")
    @LoopActor
    func running() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .invocation(Sample.detail(.running, outcome: "failed")) }
            desk.store.refuse(.isRunning(Held(invocation: Sample.number, lease: Lease(1))))
            let running = try await desk.ask("POST /v1/invocations/\(Sample.id)/cancel")
            desk.store.refuse(.isFinished(.succeeded))
            let finished = try await desk.ask("POST /v1/invocations/\(Sample.id)/cancel")

            #expect(running.status == 202)
            #expect(try running.text("state") == "running")
            #expect(try finished.problem(409) == "the invocation is succeeded; nothing was changed")
        }
    }

    @Test("are counted before many are changed")
    @LoopActor
    func count() async throws {
        try await withDesk { desk in
            desk.store.page { _ in .status(Sample.status) }
            let dead = try await desk.ask(
                "POST /v1/invocations/retry?count=only",
                #"{"function":"send-receipt","state":"dead"}"#)
            let owed = try await desk.ask(
                "POST /v1/invocations/cancel?count=only", #"{"function":"old"}"#)

            #expect(dead.body == #"{"count":2}"#)
            #expect(owed.body == #"{"count":4}"#)
            #expect(desk.store.changes.isEmpty)
        }
    }

    @Test("are retried page by page, each once")
    @LoopActor
    func retryMany() async throws {
        try await withDesk { desk in
            desk.store.page { query in
                guard case .invocations(let filter) = query else {
                    throw ScriptedStore.Unreadable()
                }
                let isFirst = filter.before == nil
                return .invocations(
                    [Sample.summary(), Sample.summary()], next: isFirst ? InvocationNumber(9) : nil)
            }
            let reply = try await desk.ask("POST /v1/invocations/retry", #"{"state":"dead"}"#)

            #expect(reply.body == #"{"count":4}"#)
            #expect(desk.store.selections.count == 4)
        }
    }

    @Test("are cancelled in slices until nothing is left")
    @LoopActor
    func cancelMany() async throws {
        try await withDesk { desk in
            desk.store.answer { change in
                guard case .cancel(.matching(_, let state, _), _) = change else { return nil }
                #expect(state == .ready)
                return .selected(Selected(count: 2, hasMore: false))
            }
            let reply = try await desk.ask(
                "POST /v1/invocations/cancel", #"{"function":"old","state":"ready"}"#)

            #expect(reply.body == #"{"count":2,"stopping":0}"#)
            #expect(
                desk.store.selections
                    == [
                        .matching(
                            function: FunctionNumber(9), state: .ready, max: Limits().batchMax)
                    ])
        }
    }

    @Test("are not changed by a filter that says nothing or too much")
    @LoopActor
    func badGroup() async throws {
        try await withDesk { desk in
            let nothing = try await desk.ask("POST /v1/invocations/retry", "{}")
            let state = try await desk.ask("POST /v1/invocations/retry", #"{"state":"succeeded"}"#)

            #expect(
                try nothing.problem(400)
                    == "the member \"function\" is missing; expected a function, a state or "
                    + "both, to say what is meant")
            #expect(
                try state.problem(400)
                    == "the member \"state\" is \"succeeded\"; expected one of dead, cancelled, "
                    + "retrying, scheduled")
        }
    }
}

extension ScriptedStore {
    /// What a person meant, of all retries and cancellations so far.
    fileprivate var selections: [Selection] {
        changes.compactMap { change in
            switch change {
            case .retry(let selection, _), .cancel(let selection, _): selection
            default: nil
            }
        }
    }
}
