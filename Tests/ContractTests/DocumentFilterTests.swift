import Contract
import Testing

@Suite("A filter of documents")
struct DocumentFilterTests {
    private static let document = """
        {"state":"open","total":100,"big":1234567890123456789012345678901234567890,"rate":1.50,
        "paid":false,"note":null,"address":{"city":"Köln"},"items":[1]}
        """

    @Test(
        "compares one field",
        arguments: [
            ("state==open", true), ("state == \"open\"", true), ("state!=open", false),
            ("state==closed", false), ("state<p", true), ("state>p", false),
            ("total==100", true), ("total==1e2", true), ("total==100.0", true),
            ("total==\"100\"", false), ("total>=100", true), ("total>100", false),
            ("total<100.01", true), ("total<=99", false), ("total>-5", true),
            ("big==1234567890123456789012345678901234567890", true),
            ("big>1234567890123456789012345678901234567889", true),
            ("rate==1.5", true), ("rate<0", false), ("paid==false", true), ("paid<true", true),
            ("note==null", true), ("note!=1", true), ("address.city==Köln", true),
            ("address.zip==1", false), ("address.zip!=1", true), ("missing==null", false),
            ("missing<1", false), ("items==1", false), ("items!=1", true),
            ("state in [\"open\",\"paid\"]", true), ("state in [\"paid\"]", false),
            ("total in [1, 1e2]", true), ("state<1", false), ("total>=open", false),
        ])
    func compares(text: String, isFit: Bool) throws {
        let filter = try DocumentFilter(text)

        let found = try Array(Self.document.utf8).withJSON { filter.matches($0) }

        #expect(found == isFit)
    }

    @Test(
        "compares texts byte for byte",
        arguments: [
            ("city==K\u{f6}ln", true), ("city==Ko\u{308}ln", false), ("city!=K\u{f6}ln", false),
            ("city!=Ko\u{308}ln", true), ("city in [\"Ko\u{308}ln\"]", false),
        ])
    func spellings(text: String, isFit: Bool) throws {
        let filter = try DocumentFilter(text)

        let found = try Array("{\"city\":\"K\u{f6}ln\"}".utf8).withJSON { filter.matches($0) }

        #expect(found == isFit)
    }

    @Test(
        "says what is wrong, and where",
        arguments: [
            (
                "total",
                "where \"total\": at character 6 a comparison is missing; expected ==, !=, <, <=, >, "
                    + ">= or in"
            ),
            (
                "total=3",
                "where \"total=3\": at character 6 a comparison is missing; expected ==, !=, <, <=, "
                    + ">, >= or in"
            ),
            (
                "total=>3",
                "where \"total=>3\": at character 6 a comparison is missing; expected ==, !=, <, <=, "
                    + ">, >= or in"
            ),
            (
                "==3",
                "where \"==3\": at character 1 the field, or a part of it, is empty; expected a name "
                    + "such as state or address.city"
            ),
            (
                "a..b==3",
                "where \"a..b==3\": at character 3 the field, or a part of it, is empty; expected a "
                    + "name such as state or address.city"
            ),
        ])
    func mistakes(text: String, problem: String) {
        let error = #expect(throws: DocumentFilterError.self) { try DocumentFilter(text) }

        #expect(error?.description == problem)
    }

    @Test(
        "says where a value goes wrong",
        arguments: [
            ("total>>3", 7), ("total==", 8), ("total in 3", 10), ("total=={}", 8),
            ("state==\"pla", 12), ("state==\"placed\" more", 17), ("state=='placed'", 8),
            ("state== placed==x", 15), ("total in [10,]", 14), ("state==a\"b", 9), ("a==!b", 4),
        ])
    func values(text: String, place: Int) {
        let error = #expect(throws: DocumentFilterError.self) { try DocumentFilter(text) }

        #expect(
            error?.description
                == "where \"\(text)\": at character \(place) a value is missing or goes wrong; "
                + "expected a JSON text, number, true, false or null, or a word without quotes and "
                + "comparisons; after in an array of 1 to 100 of these")
    }

    @Test("is a kilobyte at most")
    func long() {
        #expect(throws: DocumentFilterError.self) {
            try DocumentFilter("a==" + String(repeating: "x", count: 1_022))
        }
    }
}
