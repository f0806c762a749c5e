import Contract
import Testing

@Suite("A route table")
struct RouteTableTests {
    private func table(_ routes: String...) throws -> RouteTable {
        RouteTable(
            try routes.map { route in
                let words = route.split(separator: " ").map(String.init)
                return RouteTable.Route(method: words[0], pattern: try PathPattern(words[1]))
            })
    }

    private func field(_ name: String, _ value: String) -> RequestData.Field {
        RequestData.Field(name, value)
    }

    @Test("takes the most specific route")
    func mostSpecific() throws {
        let table = try table(
            "GET /{all...}", "GET /orders/{id}", "GET /orders/new", "GET /orders/{id}/lines",
            "GET /orders",
            "GET /")

        #expect(table.match(method: "GET", path: "/orders/new") == .route(2, parameters: []))
        #expect(
            table.match(method: "GET", path: "/orders/1")
                == .route(1, parameters: [field("id", "1")]))
        #expect(
            table.match(method: "GET", path: "/orders/new/lines")
                == .route(3, parameters: [field("id", "new")]))
        #expect(table.match(method: "GET", path: "/orders?x") == .route(4, parameters: []))
        #expect(table.match(method: "GET", path: "/") == .route(5, parameters: []))
        #expect(
            table.match(method: "GET", path: "/a/b/")
                == .route(0, parameters: [field("all", "a/b/")]))
    }

    @Test("turns back where a literal leads nowhere")
    func backtracks() throws {
        let table = try table("GET /a/b/c", "GET /{x}/b/d", "GET /a/{r...}")

        #expect(
            table.match(method: "GET", path: "/a/b/d") == .route(2, parameters: [field("r", "b/d")])
        )
        #expect(
            table.match(method: "GET", path: "/z/b/d") == .route(1, parameters: [field("x", "z")]))
        #expect(table.match(method: "GET", path: "/z/b/e") == .notFound)
    }

    @Test("tells an unknown path from a path without the method")
    func mismatches() throws {
        let table = try table("GET /orders", "POST /orders", "DELETE /orders/{id}", "PUT /{all...}")

        #expect(
            table.match(method: "PATCH", path: "/orders")
                == .methodNotAllowed(["GET", "HEAD", "OPTIONS", "POST", "PUT"]))
        #expect(
            table.match(method: "GET", path: "/orders/1")
                == .methodNotAllowed(["DELETE", "OPTIONS", "PUT"]))
        #expect(
            table.match(method: "OPTIONS", path: "/x") == .methodNotAllowed(["OPTIONS", "PUT"]))
        #expect(try self.table("GET /a").match(method: "GET", path: "/b") == .notFound)
        #expect(try self.table("GET /a").match(method: "GET", path: "*") == .notFound)
        #expect(RouteTable([]).match(method: "GET", path: "/") == .notFound)
    }

    @Test("falls back to a less specific route that has the method")
    func methodDecides() throws {
        let table = try table("POST /orders/new", "GET /orders/{id}")

        #expect(
            table.match(method: "GET", path: "/orders/new")
                == .route(1, parameters: [field("id", "new")]))
        #expect(table.match(method: "POST", path: "/orders/new") == .route(0, parameters: []))
    }

    @Test("answers HEAD by a route for HEAD or else by one for GET")
    func head() throws {
        let table = try table("GET /a", "HEAD /b", "GET /b", "POST /c")

        #expect(table.match(method: "HEAD", path: "/a") == .route(0, parameters: []))
        #expect(table.match(method: "HEAD", path: "/b") == .route(1, parameters: []))
        #expect(table.match(method: "HEAD", path: "/c") == .methodNotAllowed(["OPTIONS", "POST"]))
    }

    @Test("names the captures as the route that was taken does")
    func names() throws {
        let table = try table("GET /a/{x}", "POST /a/{y}", "PUT /a/{z...}")

        #expect(
            table.match(method: "POST", path: "/a/1") == .route(1, parameters: [field("y", "1")]))
        #expect(
            table.match(method: "PUT", path: "/a/1") == .route(2, parameters: [field("z", "1")]))
    }

    @Test("undoes escapes in literals, and tells of captures that make no text")
    func escapes() throws {
        let table = try table("GET /café/{id}")

        #expect(
            table.match(method: "GET", path: "/caf%C3%A9/%31")
                == .route(0, parameters: [field("id", "1")]))
        #expect(table.match(method: "GET", path: "/café/%FF") == .malformed)
        #expect(table.match(method: "GET", path: "/caf%/1") == .notFound)
    }

    @Test("takes the first of two routes that are the same")
    func same() throws {
        let table = try table("GET /a/{x}", "GET /a/{y}")

        #expect(table.routes[0].isSame(as: table.routes[1]))
        #expect(
            table.match(method: "GET", path: "/a/1") == .route(0, parameters: [field("x", "1")]))
    }

    @Test("agrees with asking every pattern, for any routes and paths")
    func oracle() throws {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<3_000 {
            let routes = try (0..<6).map { _ in try randomRoute(using: &random) }
            let table = RouteTable(routes)
            let path =
                "/"
                + (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    ["a", "b", ""].randomElement(using: &random)!
                }.joined(separator: "/")
            let fitting = routes.indices.filter {
                routes[$0].pattern.match(path) != nil && routes[$0].method == "GET"
            }
            let best = fitting.min { routes[$0].pattern.isMoreSpecific(than: routes[$1].pattern) }

            let found = table.match(method: "GET", path: path)

            if case .route(let index, _) = found {
                #expect(index == best, "seed 5: \(path)")
            } else {
                #expect(best == nil, "seed 5: \(path)")
            }
        }
    }

    private func randomRoute(using random: inout SeededGenerator) throws -> RouteTable.Route {
        var text = ""
        for index in 0..<Int.random(in: 0...3, using: &random) {
            text += "/" + ["a", "b", "{c\(index)}"].randomElement(using: &random)!
        }
        if Bool.random(using: &random) { text += "/{rest...}" }
        return RouteTable.Route(
            method: ["GET", "POST"].randomElement(using: &random)!,
            pattern: try PathPattern(text.isEmpty ? "/" : text))
    }
}
