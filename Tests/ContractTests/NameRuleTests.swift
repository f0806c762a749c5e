import Contract
import Testing

@Suite("A name")
struct NameRuleTests {
    private static let longest = String(repeating: "a", count: 63)
    private static let topic8 = Array(repeating: longest, count: 8).joined(separator: ".")

    @Test(
        "is taken where it keeps the rule",
        arguments: [
            (NameRule.function, "send-receipt"), (.function, "-"), (.function, longest),
            (.topic, "orders.placed"),
            (.topic, "0"), (.topic, topic8), (.topic, "a_b-c"), (.topicPattern, "orders.*"),
            (.topicPattern, "*"), (.topicPattern, "orders"), (.collection, "orders"),
            (.bucket, "in-box_2"), (.documentID, "Ä b?.*"), (.documentID, "."),
            (.documentID, String(repeating: "é", count: 100)), (.documentPath, "orders/1"),
            (.documentPath, "orders/Ü 1/lines/2"), (.collectionPath, "orders"),
            (.collectionPath, "orders/1/lines"),
        ])
    func accepts(rule: NameRule, name: String) {
        #expect(rule.error(for: name) == nil)
    }

    @Test(
        "is refused with what was found and what was expected",
        arguments: [
            (
                NameRule.function, "send_receipt",
                "the function name \"send_receipt\" has '_' at place 5; "
                    + "expected 1 to 63 of a-z, 0-9 and '-'"
            ),
            (
                .function, "",
                "the function name \"\" is empty; expected 1 to 63 of a-z, 0-9 and '-'"
            ),
            (
                .documentID, "a\u{85}",
                "the document id \"a\u{FFFD}\" has the control character 133 at place 2; "
                    + "expected 1 to 200 bytes without '/' and control characters"
            ),
            (
                .topic, "orders placed",
                "the topic \"orders placed\" has ' ' at place 7; expected up to 8 parts with '.' "
                    + "between them, each 1 to 63 of a-z, 0-9, '_' and '-', the first a letter or "
                    + "digit"
            ),
            (
                .collection, "orders.open",
                "the collection \"orders.open\" has '.' at place 7; expected 1 to 63 of a-z, 0-9, "
                    + "'_' and '-', the first a letter or digit"
            ),
            (
                .bucket, "In",
                "the bucket \"In\" has 'I' at place 1; expected 1 to 63 of a-z, 0-9, '_' and '-', "
                    + "the first a letter or digit"
            ),
            (
                .documentPath, "orders",
                "the document path \"orders\" ends in a collection; "
                    + "expected collection/id, and again /collection/id for each level below"
            ),
            (
                .collectionPath, "orders/1",
                "the collection path \"orders/1\" ends in a document's id; "
                    + "expected a collection, and again /id/collection for each level below"
            ),
            (
                .documentPath, "ordérs/é/x/ü\n",
                "the document path \"ordérs/é/x/ü\u{FFFD}\" has 'é' at place 4; "
                    + "expected collection/id, and again /collection/id for each level below"
            ),
        ])
    func message(rule: NameRule, name: String, message: String) {
        #expect(rule.error(for: name)?.description == message)
    }

    @Test(
        "is refused for each of its flaws",
        arguments: [
            (NameRule.function, longest + "a", NameError.Flaw.long(bytes: 64, max: 63)),
            (.function, "Send", .character(place: 0)), (.function, "é", .character(place: 0)),
            (.topic, "a..b", .empty), (.topic, "a.", .empty), (.topic, "", .empty),
            (.topic, "a.-b", .character(place: 2)), (.topic, "a.b c", .character(place: 3)),
            (.topic, "a.*", .character(place: 2)),
            (.topic, topic8 + ".a", .manyParts(found: 9, max: 8)),
            (.topic, "a." + longest + "a", .long(bytes: 64, max: 63)),
            (.topicPattern, "*.a", .character(place: 0)),
            (.topicPattern, "a.b*", .character(place: 3)),
            (.topicPattern, "a.**", .character(place: 2)),
            (.collection, "a.b", .character(place: 1)), (.collection, "_a", .character(place: 0)),
            (.bucket, "a/b", .character(place: 1)), (.documentID, "", .empty),
            (.documentID, "a/b", .character(place: 1)),
            (.documentID, "\u{7F}", .character(place: 0)),
            (.documentID, "ab\u{0}", .character(place: 2)),
            (.documentID, String(repeating: "é", count: 100) + "a", .long(bytes: 201, max: 200)),
            (.documentPath, "orders/", .empty), (.documentPath, "/orders", .empty),
            (.documentPath, "a/b//c", .empty), (.documentPath, "a/b/c", .unpaired),
            (.documentPath, "a/\u{1}", .character(place: 2)),
            (.documentPath, String(repeating: "a/b/", count: 300), .long(bytes: 1200, max: 1024)),
        ])
    func refuses(rule: NameRule, name: String, flaw: NameError.Flaw) {
        #expect(throws: NameError(rule: rule, name: name, flaw: flaw)) { try rule.require(name) }
    }

    @Test("that is long is shown by its beginning")
    func longNames() throws {
        let error = try #require(NameRule.function.error(for: String(repeating: "x", count: 5_000)))

        #expect(error.description.contains("x…\" has 5000 bytes where 63 are the most"))
        #expect(error.description.utf8.count < 250)
    }

    @Test("of any text is judged without a trap")
    func fuzz() {
        var random = SeededGenerator(seed: 3)
        let rules: [NameRule] = [
            .function, .topic, .topicPattern, .documentID, .documentPath, .collectionPath,
        ]
        for _ in 0..<20_000 {
            let name = String(decoding: random.bytes(upTo: 12), as: UTF8.self)
            for rule in rules {
                #expect(rule.error(for: name).map { !$0.description.isEmpty } ?? true)
            }
        }
    }
}
