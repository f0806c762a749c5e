import Testing

@testable import Contract

@Suite("A JSON text")
struct JSONScannerTests {
    @Test(
        "is taken as RFC 8259 has it",
        arguments: [
            ("{}", JSONKind.object), (" [ ] ", .array), ("\"\"", .string), ("0", .number),
            ("-0", .number), ("-0.5e+10", .number), ("1E400", .number), ("10e-3", .number),
            ("true", .boolean), ("false", .boolean), ("null", .null), ("\t\r\n null\n", .null),
            ("{\"a\":1,\"a\":2}", .object), ("[1,[2,[3]],{\"b\":[]}]", .array),
            ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD834\\uDD1E\"", .string),
            ("\"\u{7F}é漢𝄞\u{2028}\"", .string), ("\"01234567\\n890123456789\"", .string),
        ])
    func accepts(text: String, kind: JSONKind) throws {
        #expect(try text.bytes.checkedJSONKind() == kind)
    }

    @Test(
        "is refused with the offset, what was expected and what was found",
        arguments: [
            ("{\"amount\": \t\n\r    }", "offset 18: expected a value, found '}'"),
            ("", "offset 0: expected a value, found the end"),
            (" ", "offset 1: expected a value, found the end"),
            ("{", "offset 1: expected a key in '\"' or '}', found the end"),
            ("{a:1}", "offset 1: expected a key in '\"' or '}', found 'a'"),
            ("{\"a\":1,}", "offset 7: expected a key in '\"', found '}'"),
            ("{\"a\" 1}", "offset 5: expected ':', found '1'"),
            ("{\"a\":1 \"b\"", "offset 7: expected ',' or '}', found '\"'"),
            ("[", "offset 1: expected a value or ']', found the end"),
            ("[1 2]", "offset 3: expected ',' or ']', found '2'"),
            ("[1,]", "offset 3: expected a value, found ']'"),
            ("[1}", "offset 2: expected ',' or ']', found '}'"),
            ("01", "offset 1: expected the end of the text, found '1'"),
            ("1.", "offset 2: expected a digit, found the end"),
            ("-", "offset 1: expected a digit, found the end"),
            ("+1", "offset 0: expected a value, found '+'"),
            (".5", "offset 0: expected a value, found '.'"),
            ("1e+", "offset 3: expected a digit, found the end"),
            ("nul", "offset 3: expected true, false or null, found the end"),
            ("True", "offset 0: expected a value, found 'T'"),
            ("NaN", "offset 0: expected a value, found 'N'"),
            ("'a'", "offset 0: expected a value, found '''"),
            ("{} x", "offset 3: expected the end of the text, found 'x'"),
            ("\u{FEFF}{}", "offset 0: expected a value, found byte 0xEF"),
            ("\u{0}", "offset 0: expected a value, found byte 0x00"),
            (
                "\"a\nb\"",
                "offset 2: expected text without control characters and its closing '\"', "
                    + "found byte 0x0A"
            ),
            (
                "\"abc",
                "offset 4: expected text without control characters and its closing '\"', "
                    + "found the end"
            ),
            ("\"\\x\"", "offset 2: expected one of \"\\/bfnrtu after '\\', found 'x'"),
            ("\"\\u12G4\"", "offset 5: expected four hexadecimal digits after '\\u', found 'G'"),
            ("\"\\uD834\"", "offset 7: expected both halves of a surrogate pair, found '\"'"),
            ("\"\\uDD1E\"", "offset 7: expected both halves of a surrogate pair, found '\"'"),
            (
                "\"\\uD834\\u0041\"",
                "offset 13: expected both halves of a surrogate pair, found '\"'"
            ),
        ])
    func refuses(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try text.bytes.checkedJSONKind() }
        #expect(error?.description == message)
    }

    @Test(
        "is refused where it is not UTF-8",
        arguments: [
            [0x80], [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
            [0xE2, 0x82], [0xF0, 0x9F, 0x98],
        ] as [[UInt8]])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        for padding in [0, 7, 8, 9] {
            let blanks = [UInt8](repeating: 0x61, count: padding)
            let text = [0x22] + blanks + bytes + [0x22]

            let error = #expect(throws: JSONError.self) { try text.checkedJSONKind() }

            #expect(error == JSONError(offset: 1 + padding, expected: .utf8, found: bytes[0]))
        }
    }

    @Test("may have 128 levels and no more")
    func depth() {
        func nested(_ levels: Int) -> [UInt8] {
            (String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).bytes
        }

        #expect(throws: Never.self) { try nested(128).checkedJSONKind() }
        #expect(throws: JSONError(offset: 128, expected: .shallower, found: 0x5B)) {
            try nested(129).checkedJSONKind()
        }
        #expect(throws: JSONError.self) { try nested(1_000_000).checkedJSONKind() }
    }

    @Test("finds a byte that ends plain text at every place of a word")
    func specialBytes() {
        for length in 0..<24 {
            for special in [UInt8(0x1F), 0x00, 0x0A] {
                var text = [UInt8](repeating: 0x7E, count: length + 2)
                text[0] = 0x22
                text[length + 1] = special
                let expected = JSONError(offset: length + 1, expected: .textEnd, found: special)
                #expect(throws: expected) { try text.checkedJSONKind() }
            }
        }
    }

    @Test("of any bytes is judged without a trap, and what is taken can be walked")
    func fuzz() throws {
        var random = SeededGenerator(seed: 7)
        let alphabet = "{}[]:,\"\\ \n0123456789.-+eEtrufalsn\u{E9}".bytes + [0x00, 0xFF, 0xD8]
        var taken = 0
        for _ in 0..<100_000 {
            let count = Int.random(in: 0...12, using: &random)
            let text = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
            guard (try? text.checkedJSONKind()) != nil else { continue }
            taken += 1
            try text.withJSON { walk($0) }
        }
        #expect(taken > 1_000, "seed 7")
    }

    private func walk(_ value: JSONValue) {
        _ = (value.text, value.integer, value.double, value.boolean)
        for member in value.members.map(Array.init) ?? [] {
            _ = member.key.string
            walk(member.value)
        }
        for element in value.elements.map(Array.init) ?? [] { walk(element) }
    }
}
