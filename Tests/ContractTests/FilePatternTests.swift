import Contract
import Testing

@Suite("A pattern of files")
struct FilePatternTests {
    @Test(
        "fits whole keys",
        arguments: [
            ("**/*.csv", "a.csv", true), ("**/*.csv", "x/y/a.csv", true),
            ("**/*.csv", "x/a.csv.gz", false), ("*.csv", "x/a.csv", false), ("**", "a", true),
            ("**", "a/b/c", true), ("in/**/a", "in/a", true), ("in/**/a", "in/x/y/a", true),
            ("in/**/a", "out/a", false), ("a?c", "abc", true), ("a?c", "ac", false),
            ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("", "", true),
            ("", "a", false),
            ("*", "", true), ("é*", "été", true), ("é*", "éa", true), ("a[1]", "a[1]", true),
            ("**/**/x", "x", true), ("a/**", "a", true), ("a/**", "ab", false),
        ])
    func fits(pattern: String, key: String, isFit: Bool) {
        #expect(FilePattern(pattern).matches(key) == isFit)
    }
}
