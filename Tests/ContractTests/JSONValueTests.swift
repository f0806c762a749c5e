import Contract
import Testing

@Suite("A JSON value")
struct JSONValueTests {
    @Test("keeps the bytes of the data in an envelope")
    func envelope() throws {
        let data = "{ \"n\" : 1234567890123456789012345678901234567890, \"e\":\"\\u00e9\" }"
        let body = "{\"data\":\(data) , \"key\": \"k\\n1\", \"afterSeconds\": 1.5}".bytes

        let read = try body.withJSON { envelope in
            var (found, key, seconds) = ([UInt8](), String?.none, Double?.none)
            for (name, value) in try #require(envelope.members) {
                switch name {
                case "data": found = value.copied
                case "key": key = value.text
                case "afterSeconds": seconds = value.double
                default: Issue.record("an unknown member")
                }
            }
            return (found, key, seconds)
        }

        #expect(read.0.string == data)
        #expect(read.1 == "k\n1")
        #expect(read.2 == 1.5)
    }

    @Test("knows where it lies in the text")
    func ranges() throws {
        let text = " {\"a\":[10, {\"b\":\"}]\"} ],\"c\":null}".bytes

        try text.withJSON { value in
            let inner = try #require(value["a"]?.elements).map(\.range)
            #expect(inner.map { text[$0].map { $0 } }.map(\.string) == ["10", "{\"b\":\"}]\"}"])
            #expect(value.offset == 1)
            #expect(value["c"]?.isNull == true)
        }
    }

    @Test("of a name that comes twice is the last one, also behind escapes")
    func duplicates() throws {
        try "{\"key\":1,\"k\\u0065y\":2,\"keys\":3}".bytes.withJSON { value in
            #expect(value["key"]?.integer == 2)
            #expect(value["none"] == nil)
            #expect(value["key"]?["below"] == nil)
        }
    }

    @Test("matches names by their characters, not their look")
    func keys() throws {
        try "{\"d\\u0061ta\":1,\"\\u00e9\":2,\"e\\u0301\":3,\"\":4}".bytes.withJSON { value in
            let keys = try #require(value.members).map(\.key)
            #expect("data" ~= keys[0])
            #expect(!("dat" ~= keys[0]))
            #expect(value["\u{E9}"]?.integer == 2)
            #expect(value["e\u{301}"]?.integer == 3)
            #expect(value[""]?.integer == 4)
            #expect(keys[1].utf8 != keys[2].utf8)
        }
    }

    @Test(
        "says what a string says",
        arguments: [
            ("\"\"", ""), ("\"plain\"", "plain"), ("\"\\\"\\\\\\/\"", "\"\\/"),
            ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"), ("\"\\u0000\\u001f\"", "\u{0}\u{1F}"),
            ("\"\\uD83D\\uDE00!\"", "😀!"), ("\"é\\u00E9漢\"", "éé漢"),
        ])
    func texts(json: String, text: String) throws {
        #expect(try json.bytes.withJSON { $0.text } == text)
    }

    @Test(
        "is a whole number only where it is written as one that fits",
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9223372036854775808", nil), ("1.0", nil),
            ("1e2", nil),
            ("\"1\"", nil),
        ] as [(String, Int64?)])
    func integers(json: String, integer: Int64?) throws {
        #expect(try json.bytes.withJSON { $0.integer } == integer)
    }

    @Test(
        "is the nearest number of 64 bits",
        arguments: [
            ("0.1", 0.1), ("-2.5e-3", -0.0025), ("12", 12), ("1E400", nil),
            ("9007199254740993", 9_007_199_254_740_992),
            ("true", nil), ("1e-400", 0),
        ] as [(String, Double?)])
    func doubles(json: String, double: Double?) throws {
        #expect(try json.bytes.withJSON { $0.double } == double)
    }

    @Test("keeps the sign of a zero")
    func negativeZero() throws {
        #expect(try "-0".bytes.withJSON { $0.double }?.sign == .minus)
    }

    @Test("is true, false or neither")
    func booleans() throws {
        #expect(try "true".bytes.withJSON { $0.boolean } == true)
        #expect(try "false".bytes.withJSON { $0.boolean } == false)
        #expect(try "0".bytes.withJSON { $0.boolean } == nil)
    }
}
