import Testing

@Suite("The words of the tree")
struct WordTests {
    private let tree = SourceTree.shared

    /// The rules' own files name what they forbid.
    private var files: [SourceFile] { tree.swiftFiles.filter { $0.module != "TidyTests" } }

    @Test("promise nothing for later")
    func later() {
        let found = places(in: files + tree.otherFiles, naming: ["TODO", "FIXME", "XXX", "HACK"]) {
            $0.contains(/\b(TODO|FIXME|XXX|HACK)\b/)
        }

        #expect(found.isEmpty, "do it now, or write it into an issue: \(list(found))")
    }

    @Test("name types for what they are")
    func names() {
        let empty = ["Manager", "Helper", "Util", "Common", "Impl", "Info", "Base"]
        let declared =
            #/
            \b(?:struct|class|enum|actor|protocol|typealias)\s
            \w*(?:Manager|Helpers?|Utils?|Utility|Common|Impl|Info|Base)\b
            /#
        let found = places(in: files, naming: empty) { $0.contains(declared) }

        #expect(found.isEmpty, "find the idea, it is the name: \(list(found))")
    }

    @Test("know no machine")
    func machines() {
        let paths = ["/root/", "/home/"]
        let found = places(in: files + tree.otherFiles, naming: paths) { _ in true }

        #expect(found.isEmpty, "a path of one machine: \(list(found))")
    }

    @Test("stand in no file that only holds a place")
    func placeholders() {
        let found = files.map(\.path).filter { $0.hasSuffix("/Placeholder.swift") }

        #expect(found.isEmpty, "\(list(found))")
    }

    @Test("give the reason where an error is thrown away")
    func lostErrors() {
        let lost = /\btry\? |catch \{ *\}/
        let found = unexplained(in: files.filter(\.isSource), naming: ["try?", "catch {"], lost)

        #expect(found.isEmpty, "say in a comment why the loss is harmless: \(list(found))")
    }

    @Test("give the reason where the compiler's checks are set aside")
    func unchecked() {
        let words = ["@unchecked", "nonisolated(unsafe)", "unsafeBitCast"]
        let unsafe = /@unchecked|nonisolated\(unsafe\)|unsafeBitCast/
        let found = unexplained(
            in: files.filter(\.isSource), naming: words, unsafe, saying: "because")

        #expect(found.isEmpty, "a comment with \"because\" says why it holds: \(list(found))")
    }

    @Test("never make a test sleep")
    func sleeps() {
        let sleeping = /\b(?:Task|Thread)\.sleep|\b(?:u|nano)?sleep\(/
        // The probe is an app whose handlers take as long as a test asks for.
        let tests = files.filter { $0.isTest && $0.module != "Probe" }
        let found = unexplained(in: tests, naming: ["sleep"], sleeping, saying: "because")

        #expect(found.isEmpty, "wait for what shall happen, with a deadline: \(list(found))")
    }

    private func places(
        in files: [SourceFile], naming words: [String], where claim: (String) -> Bool
    ) -> [String] {
        files.flatMap { file in file.indices(naming: words, where: claim).map(file.place) }
    }

    /// Places that no comment beside them explains.
    private func unexplained(
        in files: [SourceFile], naming words: [String], _ pattern: Regex<Substring>,
        saying reason: String = ""
    ) -> [String] {
        files.flatMap { file in
            file.indices(naming: words) { $0.contains(pattern) }
                .filter { !file.hasComment(saying: reason, near: $0) }.map(file.place)
        }
    }
}
