import Contract
import Testing

@Suite("A path pattern")
struct PathPatternTests {
    private func values(_ pattern: String, _ path: String) throws -> [String]? {
        switch try PathPattern(pattern).match(path) {
        case .parameters(let fields): fields.map { "\($0.name)=\($0.value)" }
        case .malformed: ["malformed"]
        case nil: nil
        }
    }

    @Test(
        "takes the paths that it means and no others",
        arguments: [
            ("/", "/", []), ("/", "/a", nil), ("/", "", nil), ("/orders", "/orders", []),
            ("/orders", "/orders/", nil), ("/orders", "/Orders", nil), ("/orders", "/order", nil),
            ("/orders", "/orders?a=/b", []), ("/orders", "orders", nil),
            ("/orders/{id}", "/orders/1", ["id=1"]),
            ("/orders/{id}", "/orders/", nil), ("/orders/{id}", "/orders", nil),
            ("/orders/{id}", "/orders/1/lines", nil),
            ("/orders/{id}", "/orders/1?x={id}", ["id=1"]),
            ("/{a}/x/{b}", "/1/x/2", ["a=1", "b=2"]), ("/{a}/x/{b}", "/1/y/2", nil),
            ("/files/{name...}", "/files/a/b.txt", ["name=a/b.txt"]),
            ("/files/{name...}", "/files/a//b/", ["name=a//b/"]),
            ("/files/{name...}", "/files/", ["name="]),
            ("/files/{name...}", "/files", nil), ("/{all...}", "/", ["all="]),
            ("/{all...}", "/a", ["all=a"]),
        ] as [(String, String, [String]?)])
    func matches(pattern: String, path: String, found: [String]?) throws {
        #expect(try values(pattern, path) == found)
    }

    @Test(
        "undoes percent escapes on both sides",
        arguments: [
            ("/orders/{id}", "/orders/a%2Fb%20c", ["id=a/b c"]),
            ("/orders/{id}", "/orders/%C3%A9", ["id=é"]),
            ("/caf%c3%a9", "/café", []), ("/café", "/caf%C3%A9", []), ("/orders", "/%6Frders", []),
            ("/orders/{id}", "/orders/%zz", ["malformed"]),
            ("/orders/{id}", "/orders/%2", ["malformed"]),
            ("/orders/{id}", "/orders/%C3", ["malformed"]),
            ("/orders/{id}/x", "/orders/%zz/y", nil),
            ("/orders", "/orders%", nil), ("/files/{name...}", "/files/a%2Fb/%25", ["name=a/b/%"]),
        ] as [(String, String, [String]?)])
    func decodes(pattern: String, path: String, found: [String]?) throws {
        #expect(try values(pattern, path) == found)
    }

    @Test(
        "is refused with what is wrong in it",
        arguments: [
            ("orders", "the path \"orders\" does not begin with '/'"),
            ("", "the path \"\" does not begin with '/'"),
            (
                "/orders/",
                "the path \"/orders/\" has nothing between two slashes "
                    + "or after its last one; leave that slash out"
            ),
            (
                "/order-{id}",
                "the path \"/order-{id}\" has the part \"order-{id}\"; "
                    + "expected a whole part such as {id}, or {rest...} as the last one"
            ),
            (
                "/a b",
                "the path \"/a b\" has the part \"a b\"; "
                    + "expected no blanks, '?' or '#', and two hexadecimal digits after '%'"
            ),
            (
                "/{a...}/b",
                "the path \"/{a...}/b\" goes on after {a...}, which takes all that follows"
            ),
            (
                "/{a}/{a}",
                "the path \"/{a}/{a}\" has {a} twice; give each capture a name of its own"
            ),
        ])
    func refuses(pattern: String, message: String) {
        let error = #expect(throws: PathPatternError.self) { try PathPattern(pattern) }
        #expect(error?.description == message)
    }

    @Test(
        "has captures with names and whole parts only",
        arguments: [
            "/{}", "/{1a}", "/{a-b}", "/{a..}", "/{...}", "/{{a}}", "/a}", "/{a", "/%4", "/a?b",
            "/a#b", "//",
        ])
    func refusesParts(pattern: String) {
        #expect(throws: PathPatternError.self) { try PathPattern(pattern) }
    }

    @Test("may have 32 parts and no more")
    func length() {
        #expect(throws: Never.self) { try PathPattern(String(repeating: "/a", count: 32)) }
        #expect(throws: PathPatternError.self) {
            try PathPattern(String(repeating: "/a", count: 33))
        }
    }

    @Test("is the same route as one that differs in the names of captures only")
    func sameRoute() throws {
        #expect(try PathPattern("/a/{x}").isSameRoute(as: PathPattern("/a/{y}")))
        #expect(try PathPattern("/caf%C3%A9/{r...}").isSameRoute(as: PathPattern("/café/{s...}")))
        #expect(try !PathPattern("/a/{x}").isSameRoute(as: PathPattern("/a/{x...}")))
        #expect(try !PathPattern("/a/{x}").isSameRoute(as: PathPattern("/a/x")))
        #expect(try !PathPattern("/a").isSameRoute(as: PathPattern("/a/{x}")))
    }

    @Test("is more specific the earlier it has a literal")
    func specificity() throws {
        let sorted = [
            "/", "/a/b/c", "/a/{x}/c", "/a/{x}/{y}", "/a/{x...}", "/{x}", "/{x}/b/c", "/{x...}",
        ]
        for (index, pattern) in sorted.enumerated() {
            for other in sorted[(index + 1)...] {
                #expect(try PathPattern(pattern).isMoreSpecific(than: PathPattern(other)))
                #expect(try !PathPattern(other).isMoreSpecific(than: PathPattern(pattern)))
            }
        }
    }
}
