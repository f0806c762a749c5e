import Admin
import EventLoop
import Testing

@Suite("The admin listener")
struct AdminGuardTests {
    @Test("asks for the token, but not for health and readiness")
    @LoopActor
    func token() async throws {
        try await withDesk { desk in
            let without = try await desk.ask("GET /v1/workers", token: nil)
            let wrong = try await desk.ask("GET /v1/workers", token: "7h3-t0k3m")
            let right = try await desk.ask("GET /v1/workers")

            #expect(
                try without.problem(401)
                    == "the request shows no token; send \"Authorization: Bearer\" "
                    + "with the token in host.json in the host's data directory")
            #expect(without.field("www-authenticate") == "Bearer realm=\"roost\"")
            #expect(
                try wrong.problem(401).hasPrefix("the request shows another token than this host's")
            )
            #expect(right.status == 200)
            let health = try await desk.ask("GET /healthz", token: nil)
            #expect(health.status == 200)
            let readiness = try await desk.ask("GET /readyz", token: nil)
            #expect(readiness.status == 200)
        }
    }

    @Test("asks nobody where no token is wanted")
    @LoopActor
    func noToken() async throws {
        try await withDesk {
            $0.token = nil
        } _: { desk in
            let reply = try await desk.ask("GET /v1/workers", token: nil)
            #expect(reply.status == 200)
        }
    }

    @Test(
        "answers for its own names and addresses only",
        arguments: [
            ("localhost", 200), ("localhost:9", 200), ("127.0.0.1:8081", 200), ("[::1]:8081", 200),
            ("roost.example", 421), ("10.1.2.3:8081", 421), ("localhost.evil.example", 421),
        ])
    @LoopActor
    func host(name: String, status: Int) async throws {
        try await withDesk { desk in
            let reply = try await desk.ask("GET /healthz", host: name)
            #expect(reply.status == status)
        }
    }

    @Test("takes any address where it is bound to all of them, and still no name")
    @LoopActor
    func boundToAll() async throws {
        try await withDesk {
            $0.addresses = { .init(admin: SocketAddress(host: "0.0.0.0", port: 8081)) }
        } _: { desk in
            let address = try await desk.ask("GET /healthz", host: "10.1.2.3:8081")
            #expect(address.status == 200)
            let name = try await desk.ask("GET /healthz", host: "roost.example")
            #expect(name.status == 421)
        }
    }

    @Test("refuses what a page of another site writes")
    @LoopActor
    func crossSite() async throws {
        try await withDesk { desk in
            let line = "POST /v1/functions/send-receipt/invocations"
            let prefer = "Prefer: respond-async"
            let other = try await desk.ask(line, fields: ["Origin: https://evil.example", prefer])
            let fetched = try await desk.ask(line, fields: ["Sec-Fetch-Site: cross-site", prefer])
            let own = try await desk.ask(line, fields: ["Origin: http://\(desk.address)", prefer])

            #expect(
                try other.problem(403) == "the request comes from a page of another site "
                    + "(https://evil.example), and writes are taken from this host's own pages "
                    + "and from "
                    + "programs only")
            #expect(fetched.status == 403)
            #expect(own.status == 202)
            #expect(desk.store.records.count == 1)
        }
    }

    @Test("names what is near, and what a path takes")
    @LoopActor
    func routes() async throws {
        try await withDesk { desk in
            let path = try await desk.ask("GET /v1/invocation")
            let method = try await desk.ask("DELETE /v1/status")
            let options = try await desk.ask("OPTIONS /v1/status")
            let parameter = try await desk.ask("GET /v1/invocations?stat=dead")
            let none = try await desk.ask("GET /v1/workers?x=1")

            #expect(
                try path.problem(404)
                    == "nothing is at \"/v1/invocation\"; did you mean \"/v1/invocations\"?")
            #expect(
                try method.problem(405) == "DELETE is not taken here; expected GET, HEAD, OPTIONS")
            #expect(method.field("allow") == "GET, HEAD, OPTIONS")
            #expect(options.status == 204)
            #expect(
                try parameter.problem(400)
                    == "the query names \"stat\", which is not known here; did you mean \"state\"?")
            #expect(
                try none.problem(400)
                    == "the query names \"x\", which is not known here; it takes none")
        }
    }
}
