import Contract
import Testing

@Suite("An idempotency key")
struct IdempotencyKeyTests {
    @Test(
        "is the same in quotes and bare",
        arguments: [
            ("8e03978e-40d5", "8e03978e-40d5"), ("\"8e03978e-40d5\"", "8e03978e-40d5"),
            (" \"a\"\t", "a"), ("  a ", "a"), ("\"a\\\"b\\\\c\"", "a\"b\\c"), ("\"a\";v=1", "a"),
            ("a\"b", "a\"b"), ("a\\b", "a\\b"), ("!~", "!~"),
        ])
    func reads(value: String, key: String) throws {
        #expect(try IdempotencyKey.read(value) == key)
    }

    @Test(
        "is refused where it is none",
        arguments: [
            ("", IdempotencyKeyError.empty), (" \t", .empty), ("\"\"", .empty), ("\"a", .quotes),
            ("\"", .quotes), ("\"a\"b", .quotes), ("\"a\\x\"", .quotes), ("\"a\\", .quotes),
            ("a b", .invisible(place: 2)), ("\"a b\"", .invisible(place: 2)),
            ("clé", .invisible(place: 3)), ("a\u{7F}", .invisible(place: 2)),
            ("a\u{0}", .invisible(place: 2)),
        ])
    func refuses(value: String, error: IdempotencyKeyError) {
        #expect(throws: error) { try IdempotencyKey.read(value) }
    }

    @Test("may have 255 characters and no more, without its quotes")
    func length() throws {
        let longest = String(repeating: "k", count: 255)

        #expect(try IdempotencyKey.read("\"\(longest)\"") == longest)
        #expect(throws: IdempotencyKeyError.long(found: 256, max: 255)) {
            try IdempotencyKey.read(longest + "k")
        }
    }

    @Test("that a program gives is taken as it is, quotes too")
    func check() throws {
        #expect(throws: Never.self) { try IdempotencyKey.check("\"a") }
        #expect(throws: IdempotencyKeyError.empty) { try IdempotencyKey.check("") }
    }

    @Test("is never shown in its error")
    func message() {
        #expect(
            IdempotencyKeyError.invisible(place: 2).description
                == "the idempotency key has a blank or a character beyond ASCII at place 2; "
                + "expected 1 to 255 "
                + "visible ASCII characters, in quotes or bare; a UUID is a good one")
    }
}
