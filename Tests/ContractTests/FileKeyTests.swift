import Contract
import Testing

@Suite("The key of a file")
struct FileKeyTests {
    @Test(
        "leaves temporary and hidden names alone",
        arguments: [
            ("a.csv", true), ("x/a.csv", true), (".a.csv", false), (".x/a.csv", false),
            ("a.csv.part", false), ("a.tmp", false), ("a.crdownload", false), ("a~", false),
            ("a.tmp/b", true), ("", false), ("x//a", false),
            (String(repeating: "a", count: 1025), false), ("a.csv\u{0}evil", false),
            ("\u{0}", false),
            (String(repeating: "a", count: 255) + "/b", true),
            ("b/" + String(repeating: "a", count: 256), false), ("ä.csv", true), (".", false),
        ])
    func names(path: String, isAnnounced: Bool) {
        #expect(FileKey.isAnnounced(path) == isAnnounced)
    }
}
