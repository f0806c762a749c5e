import Contract
import Testing

@Suite("A merge")
struct DocumentMergeTests {
    private func merged(
        _ document: String?, _ patch: String = "{}", _ operations: MergeOperation...,
        max: Int = 1_000
    ) throws -> String {
        try DocumentMerge.merged(
            document?.bytes, patch: patch.bytes, operations: operations, bytesMax: max
        ).string
    }

    @Test(
        "does what the examples of RFC 7396 do",
        arguments: [
            ("{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"),
            ("{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"),
            ("{\"a\":\"b\"}", "{\"a\":null}", "{}"),
            ("{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"),
            ("{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"),
            ("{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"),
            (
                "{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
                "{\"a\":{\"b\":\"d\"}}"
            ),
            ("{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"),
            ("{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"),
            ("{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"),
        ])
    func standard(document: String, patch: String, result: String) throws {
        #expect(try merged(document, patch) == result)
    }

    @Test("leaves every byte of the members that it does not touch")
    func untouched() throws {
        let number = "1234567890123456789012345678901234567890.10"

        let result = try merged(
            "{ \"n\" : \(number) ,\n \"\\u0061\":1, \"o\" : { \"x\" : 1.0 , \"y\":[ 1 , 2 ] } }",
            "{\"a\": {\"b\":[null, {\"c\":null}]}, \"o\":{\"z\":1e2}}")

        #expect(
            result
                == "{\"n\" : \(number),\"\\u0061\":{\"b\":[null, {\"c\":null}]},"
                + "\"o\":{\"x\" : 1.0,\"y\":[ 1 , 2 ],\"z\":1e2}}")
    }

    @Test("with an empty patch changes not even the white space")
    func emptyPatch() throws {
        #expect(try merged(" { \"a\" : 1 } ", "{}") == " { \"a\" : 1 } ")
        #expect(try merged(nil) == "{}")
        #expect(try merged(nil, "{\"a\":1,\"b\":null}") == "{\"a\":1}")
    }

    @Test("takes the last of members that come twice, and the bytes of a name, not its look")
    func duplicates() throws {
        #expect(
            try merged("{\"a\":{\"x\":1},\"b\":0,\"a\":{\"y\":2}}", "{\"a\":{\"z\":3}}")
                == "{\"b\":0,\"a\":{\"y\":2,\"z\":3}}")
        #expect(try merged("{\"a\":1,\"a\":2}", "{\"a\":null}") == "{}")
        #expect(try merged("{\"a\":1,\"a\":2}", "{\"b\":3}") == "{\"a\":1,\"a\":2,\"b\":3}")
        #expect(try merged("{}", "{\"a\":1,\"b\":2,\"a\":3}") == "{\"a\":3,\"b\":2}")
        #expect(try merged("{\"\u{E9}\":1}", "{\"e\u{301}\":2}") == "{\"\u{E9}\":1,\"e\u{301}\":2}")
    }

    @Test(
        "increments numbers, and keeps whole ones whole",
        arguments: [
            ("{\"n\":1}", 1, "{\"n\":2}"), ("{\"n\":1}", -3, "{\"n\":-2}"), ("{}", 5, "{\"n\":5}"),
            ("{\"n\":1}", 0.5, "{\"n\":1.5}"), ("{\"n\":1.5}", 0.5, "{\"n\":2}"),
            ("{\"n\":9007199254740991}", 1, "{\"n\":9007199254740992}"),
            ("{\"n\":9007199254740993}", 1, "{\"n\":9007199254740994}"),
            ("{\"n\":9223372036854775807}", 1, "{\"n\":9.223372036854776e+18}"),
            ("{\"n\":-0}", 0, "{\"n\":0}"), ("{\"m\": 1, \"n\" : 1}", 1, "{\"m\": 1,\"n\":2}"),
            ("{\"n\":1,\"n\":5}", 1, "{\"n\":1,\"n\":6}"),
        ] as [(String, Double, String)])
    func increments(document: String, amount: Double, result: String) throws {
        #expect(try merged(document, "{}", .increment(member: "n", by: amount)) == result)
    }

    @Test("appends values as they are written")
    func appends() throws {
        let values = ["1.0".bytes, " {\"a\" : 1}".bytes]

        #expect(
            try merged("{}", "{}", .append(member: "l", values: values))
                == "{\"l\":[1.0, {\"a\" : 1}]}")
        #expect(
            try merged("{\"l\": [ ] }", "{}", .append(member: "l", values: values))
                == "{\"l\":[1.0, {\"a\" : 1}]}")
        #expect(
            try merged("{\"l\":[0 ]}", "{}", .append(member: "l", values: ["[]".bytes]))
                == "{\"l\":[0,[]]}")
        #expect(try merged("{}", "{}", .append(member: "é\n", values: [])) == "{\"é\\n\":[]}")
    }

    @Test("does the patch first and the operations in order")
    func order() throws {
        let result = try merged(
            "{\"n\":10,\"l\":[1]}", "{\"n\":1,\"l\":null}", .increment(member: "n", by: 1),
            .append(member: "l", values: ["2".bytes]), .increment(member: "n", by: 1),
            .append(member: "l", values: ["3".bytes]), .increment(member: "m", by: 1))

        #expect(result == "{\"n\":3,\"l\":[2,3],\"m\":1}")
    }

    @Test("refuses what makes no document, and says why")
    func errors() {
        func message(_ work: @autoclosure () throws -> String) -> String? {
            #expect(throws: MergeError.self) { try work() }?.description
        }

        #expect(message(try merged("[1]")) == "the document is an array; expected an object")
        #expect(message(try merged("{}", "null")) == "the patch is null; expected an object")
        #expect(
            message(try merged("{}", "{]"))
                == "the patch is not JSON: offset 1: expected a key in '\"' or '}', found ']'")
        #expect(
            message(try merged("{\"n\":\"1\"}", "{}", .increment(member: "n", by: 1)))
                == "\"n\" is a text; expected a number to increment, or no such member")
        #expect(
            message(try merged("{\"l\":null}", "{}", .append(member: "l", values: [])))
                == "\"l\" is null; expected an array to append to, or no such member")
        #expect(
            message(try merged("{}", "{}", .append(member: "l", values: ["1,2".bytes])))
                == "the value to append to \"l\" is not JSON: offset 1: "
                + "expected the end of the text, found ','"
        )
        #expect(
            message(try merged("{\"n\":1e308}", "{}", .increment(member: "n", by: 1e308)))
                == "\"n\" incremented is too large for a number of 64 bits")
    }

    @Test("makes a document of the most bytes and none of one more")
    func limit() throws {
        #expect(try merged("{\"a\":1}", "{\"b\":2}", max: 13) == "{\"a\":1,\"b\":2}")
        #expect(throws: MergeError.oversize(found: 13, max: 12)) {
            try merged("{\"a\":1}", "{\"b\":2}", max: 12)
        }
    }

    @Test("never nests deeper than a document may")
    func depth() throws {
        let deep = String(repeating: "[", count: 126) + String(repeating: "]", count: 126)

        let result = try merged("{}", "{}", .append(member: "l", values: [deep.bytes]))

        #expect(try result.bytes.checkedJSONKind() == .object)
        #expect(throws: MergeError.self) {
            try merged("{}", "{}", .append(member: "l", values: ["[\(deep)]".bytes]))
        }
    }

    @Test("of large documents takes no more than a moment")
    func large() throws {
        let members = (0..<20_000).map { "\"member-\($0)\":\($0)" }.joined(separator: ",")
        let operations = (0..<20_000).map {
            MergeOperation.increment(member: "member-\($0)", by: 1)
        }
        let appends = (0..<20_000).map {
            MergeOperation.append(member: "list", values: ["\($0)".bytes])
        }

        let result = try DocumentMerge.merged(
            "{\(members)}".bytes, patch: "{\(members)}".bytes, operations: operations + appends,
            bytesMax: 1 << 20)

        try result.withJSON { document in
            #expect(document["member-19999"]?.integer == 20_000)
            #expect(document["list"]?.elements.map(Array.init)?.count == 20_000)
        }
    }
}
