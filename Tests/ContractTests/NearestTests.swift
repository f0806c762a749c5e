import Contract
import Testing

@Suite("The nearest name")
struct NearestTests {
    private static let known = ["create-order", "send-receipt", "inbox", "on", "nightly-report"]

    @Test(
        "is the one that was probably meant",
        arguments: [
            ("inbx", "inbox"), ("inbxo", "inbox"), ("InBox", "inbox"),
            ("send-reciept", "send-receipt"),
            ("sendreceipt", "send-receipt"), ("creat-ordre", "create-order"), ("no", "on"),
            ("ond", "on"),
            ("outbox", nil), ("", nil), ("x", nil), ("invoice", nil), ("delete-order", nil),
        ] as [(String, String?)])
    func nearest(name: String, found: String?) {
        #expect(Contract.nearest(to: name, among: Self.known) == found)
    }

    @Test("is the first of those as near as each other")
    func ties() {
        #expect(Contract.nearest(to: "card", among: ["cart", "care", "card2"]) == "cart")
        #expect(Contract.nearest(to: "card", among: ["cart", "care", "card"]) == "card")
    }

    @Test("finishes an error, or says nothing")
    func suggestions() {
        #expect(suggestion(for: "inbx", among: Self.known) == "; did you mean \"inbox\"?")
        #expect(suggestion(for: "zebra", among: Self.known) == "")
        #expect(suggestion(for: "zebra", among: [String]()) == "")
    }
}
