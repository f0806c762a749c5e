import FoundationEssentials
import Testing

@testable import Roost

@Suite("A value that can't be read") struct UnreadableValueTests {
    struct Order: Codable, Sendable {
        struct Item: Codable, Sendable {
            var price: Double
            var count: Int?
        }
        var id: String
        var items: [Item]
        var at: Date?
        var isOpen: Bool?
    }

    @Test(
        "is named by its field",
        arguments: [
            (
                #"{"id":"a","items":[{"price":1},{"price":2},{"price":"3"}]}"#,
                "data.items[2].price: expected a number, found a text"
            ),
            (#"{"id":7,"items":[]}"#, "data.id: expected a text, found a number"),
            (#"{"items":[]}"#, "data.id: is missing"),
            (#"{"id":"a","items":{}}"#, "data.items: expected an array, found an object"),
            (#"{"id":"a","items":[3]}"#, "data.items[0]: expected an object, found a number"),
            (#"{"id":"a","items":[{}]}"#, "data.items[0].price: is missing"),
            (#"{"id":null,"items":[]}"#, "data.id: expected a text, found null"),
            (
                #"{"id":"a","items":[],"isOpen":1}"#,
                "data.isOpen: expected true or false, found a number"
            ),
            (
                #"{"id":"a","items":[{"price":1,"count":1.5}]}"#,
                "data.items[0].count: expected a whole number in its range, found 1.5"
            ),
            (
                #"{"id":"a","items":[],"at":"soon"}"#,
                #"data.at: expected a moment like "2026-11-23T09:30:00Z", found a text"#
            ),
            ("[]", "data: expected an object, found an array"),
            ("", "data: is empty, expected JSON"),
            ("{\"id\":", "data: is not JSON: offset 6: expected a value, found the end"),
        ])
    func namesField(json: String, expected: String) {
        let error = #expect(throws: UnreadableValue.self) {
            try JSONCoding.decode(Order.self, from: Array(json.utf8), named: "data")
        }

        #expect(error?.description == expected)
    }

    @Test("is not searched for in a text of more than 64 KiB")
    func searchesShortTexts() {
        let rest = #"{"id":"","items":[{"price":1,"count":1.5}]}"#.utf8.count
        for (count, path) in [(65_536, "data.items[0].count"), (65_537, "data")] {
            let id = String(repeating: "a", count: count - rest)
            let json = #"{"id":"\#(id)","items":[{"price":1,"count":1.5}]}"#

            let error = #expect(throws: UnreadableValue.self) {
                try JSONCoding.decode(Order.self, from: Array(json.utf8), named: "data")
            }

            #expect(error?.path == path)
        }
    }

    @Test("dates are read with and without fractions, and written with")
    func readsDates() throws {
        struct Moment: Codable { var at: Date }
        let whole = #"{"at":"2026-11-23T09:30:00Z"}"#
        let fractional = #"{"at":"2026-11-23T10:30:00.250+01:00"}"#

        let first = try JSONCoding.decode(Moment.self, from: Array(whole.utf8), named: "data")
        let second = try JSONCoding.decode(Moment.self, from: Array(fractional.utf8), named: "data")

        #expect(second.at.timeIntervalSince(first.at) == 0.25)
        let written = String(decoding: try JSONCoding.encode(second), as: UTF8.self)
        #expect(written == #"{"at":"2026-11-23T09:30:00.250Z"}"#)
    }
}
