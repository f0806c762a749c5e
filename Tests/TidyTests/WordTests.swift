import Testing

@Suite("The words of the tree")
struct WordTests {
    private let tree = SourceTree.shared

    /// The rules' own files name what they forbid.
    private var files: [SourceFile] { tree.swiftFiles.filter { $0.module != "TidyTests" } }

    @Test("promise nothing for later")
    func later() {
        let found = (files + tree.otherFiles).flatMap { file in
            file.places { $0.contains(/\b(TODO|FIXME|XXX|HACK)\b/) }
        }

        #expect(found.isEmpty, "do it now, or write it into an issue: \(list(found))")
    }

    @Test("name types for what they are")
    func names() {
        let empty =
            #/
            \b(?:struct|class|enum|actor|protocol|typealias)\s
            \w*(?:Manager|Helpers?|Utils?|Utility|Common|Impl|Info|Base)\b
            /#
        let found = files.flatMap { file in file.places { $0.contains(empty) } }

        #expect(found.isEmpty, "find the idea, it is the name: \(list(found))")
    }

    @Test("know no machine")
    func machines() {
        let found = (files + tree.otherFiles).flatMap { file in
            file.places { $0.contains(/\/(?:work\/(?:main|shared)|root|home)\//) }
        }

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
        let found = files.filter(\.isSource).flatMap { file in
            file.lines.indices.filter {
                file.lines[$0].contains(lost) && !file.hasComment(near: $0)
            }
            .map(file.place)
        }

        #expect(found.isEmpty, "say in a comment why the loss is harmless: \(list(found))")
    }

    @Test("give the reason where the compiler's checks are set aside")
    func unchecked() {
        let unsafe = /@unchecked|nonisolated\(unsafe\)|unsafeBitCast/
        let found = files.filter(\.isSource).flatMap { file in
            file.lines.indices.filter {
                file.lines[$0].contains(unsafe) && !file.hasComment(saying: "because", near: $0)
            }.map(file.place)
        }

        #expect(
            found.isEmpty, "a comment with \"because\" beside it says why it holds: \(list(found))")
    }

    @Test("never make a test sleep")
    func sleeps() {
        let sleeping = /\b(?:Task|Thread)\.sleep|\b(?:u|nano)?sleep\(/
        let found = files.filter(\.isTest).flatMap { file in
            file.lines.indices.filter {
                file.lines[$0].contains(sleeping) && !file.hasComment(saying: "because", near: $0)
            }.map(file.place)
        }

        #expect(found.isEmpty, "wait for what shall happen, with a deadline: \(list(found))")
    }
}
