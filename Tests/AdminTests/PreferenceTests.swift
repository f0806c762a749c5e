import Testing

@testable import Admin

@Suite("A preference")
struct PreferenceTests {
    @Test(
        "is read in any case and order, and the unknown ignored",
        arguments: [
            ("respond-async", true, nil), ("Respond-Async", true, nil),
            ("respond-async, wait=10", true, 10),
            ("wait=5;x=1 , foo", false, 5), ("wait=\"7\"", false, 7), ("wait=soon", false, nil),
            ("return=minimal", false, nil), ("", false, nil),
        ] as [(String, Bool, Int64?)])
    func read(text: String, isAsynchronous: Bool, seconds: Int64?) {
        let preference = Preference(text)

        #expect(preference.isAsynchronous == isAsynchronous)
        #expect(preference.wait == seconds.map { .seconds($0) })
    }
}

@Suite("Base64")
struct Base64Tests {
    @Test(
        "pads",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")])
    func pads(text: String, expected: String) {
        #expect(Base64.text(Array(text.utf8)) == expected)
    }
}
