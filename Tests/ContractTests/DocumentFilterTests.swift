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
                "==3",
                "where \"==3\": the field before the comparison is empty or has an empty part; "
                    + "expected a name such as state or address.city"
            ),
            (
                "a..b==3",
                "where \"a..b==3\": the field before the comparison is empty or has an empty part; "
                    + "expected a name such as state or address.city"
            ),
            (
                "total>>3",
                "where \"total>>3\": at character 7 a value is missing; expected a JSON text, number, "
                    + "true, false or null, or a word; after in an array of 1 to 100 of these"
            ),
            (
                "total==",
                "where \"total==\": at character 8 a value is missing; expected a JSON text, number, "
                    + "true, false or null, or a word; after in an array of 1 to 100 of these"
            ),
            (
                "total in 3",
                "where \"total in 3\": at character 10 a value is missing; expected a JSON text, "
                    + "number, true, false or null, or a word; after in an array of 1 to 100 of these"
            ),
            (
                "total=={}",
                "where \"total=={}\": at character 8 a value is missing; expected a JSON text, number, "
                    + "true, false or null, or a word; after in an array of 1 to 100 of these"
            ),
        ])
    func mistakes(text: String, problem: String) {
        let error = #expect(throws: DocumentFilterError.self) { try DocumentFilter(text) }

        #expect(error?.description == problem)
    }

    @Test("is a kilobyte at most")
    func long() {
        #expect(throws: DocumentFilterError.self) {
            try DocumentFilter("a==" + String(repeating: "x", count: 1_022))
        }
    }
}
