import Contract
import Testing

@Suite("The keys of an index") struct IndexKeyTests {
    private static let ordered = [
        "null", "false", "true", "-1e30", "-123.5", "-123.4", "-2", "-1", "-0.5", "-1e-9", "0",
        "1e-9", "0.5", "1", "1.00000000000000000001", "2", "10", "123.4", "123.45", "1e30", #""""#,
        #""a""#, #""a b""#, #""aa""#, #""b""#, #""é""#,
    ]

    private func key(_ value: String) throws -> IndexKey? {
        try Array(#"{"a":{"b":\#(value)}}"#.utf8).withJSON { IndexKey(of: $0, at: ["a", "b"]) }
    }

    @Test("sort as the values do: null, false, true, numbers, texts")
    func order() throws {
        let keys = try Self.ordered.map { try #require(try key($0)) }

        #expect(keys.sorted() == keys)
        #expect(Set(keys).count == keys.count)
    }

    @Test("are the same for numbers that are written otherwise")
    func sameNumbers() throws {
        #expect(try key("1e2") == key("100.0"))
        #expect(try key("-0") == key("0e9"))
        #expect(try key(#""\u0061""#) == key(#""a""#))
    }

    @Test("are none for objects, arrays and what is not there")
    func none() throws {
        #expect(try key("{}") == nil)
        #expect(try key("[1]") == nil)
        #expect(try Array("{}".utf8).withJSON { IndexKey(of: $0, at: ["a"]) } == nil)
    }

    @Test("of a filter's range hold every value that the filter wants")
    func ranges() throws {
        for value in Self.ordered {
            for comparison in ["==", "<", "<=", ">", ">="] {
                let filter = try DocumentFilter("a.b\(comparison)\(value)")
                let range = try #require(filter.keyRange)
                for other in Self.ordered {
                    let isWanted = try Array(#"{"a":{"b":\#(other)}}"#.utf8).withJSON {
                        filter.matches($0)
                    }
                    let found = try #require(try key(other))
                    #expect(
                        !isWanted || (range.first <= found && found <= range.last),
                        "\(other) \(comparison) \(value)")
                }
            }
        }
    }

    @Test(
        "say what is wrong with an index",
        arguments: [
            ("Orders", "state", "the collection \"Orders\" has 'O' at place 1"),
            ("orders", "", "the index \"\" of collection \"orders\" has no field or an empty part"),
            ("orders", "-n", "the index \"-n\" begins with \"-\"; leave it out"),
            ("orders/*", "n", "the index \"n\" of collection \"orders/*\" ends in a document's id"),
            ("orders//notes", "n", "the document id \"\" is empty"),
            ("orders/*/Notes", "n", "the collection \"Notes\" has 'N' at place 1"),
        ])
    func mistakes(_ collection: String, _ field: String, _ text: String) {
        let found = IndexDeclaration(collection: collection, field: field).mistakes

        #expect(found.count == 1 && found[0].hasPrefix(text), "\(found)")
    }

    @Test("of a sorted page's end are read back, whatever the identifier begins with")
    func places() throws {
        let twelve = try #require(try key("12"))
        let place = SortPlace(key: twelve, id: "\u{301}a.b")

        let read = try #require(SortPlace(place.text))

        #expect(read.key == twelve)
        #expect(read.id.utf8.elementsEqual(place.id.utf8))
        #expect(SortPlace("0g.a") == nil)
        #expect(SortPlace("012.a") == nil)
        #expect(SortPlace("01") == nil)
    }
}
