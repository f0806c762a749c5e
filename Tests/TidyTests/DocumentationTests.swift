import Testing

@Suite("The documentation of the tree")
struct DocumentationTests {
    private let tree = SourceTree.shared

    @Test("has a sentence for what other modules see")
    func declarations() {
        let found = tree.swiftFiles.filter(\.isSource).flatMap { undocumented(in: $0) }

        #expect(
            found.isEmpty, "say in a sentence above it what it means or promises: \(list(found))")
    }

    @Test("is missed where a declaration has none, and not where it needs none")
    func counting() {
        let file = SourceFile(
            path: "Sources/Example/Example.swift",
            text: """
                package import Contract

                /// Said.
                @LoopActor
                package struct Example: Sendable {
                    package var unsaid = 1
                    // A remark is no sentence for readers.
                    package var remarked = 1
                    /// Said.
                    // because a remark may stand between.
                    package var said = 1
                    package init() {}
                    package var description: String { "" }
                }
                """)

        #expect(
            undocumented(in: file) == [
                "Sources/Example/Example.swift:6", "Sources/Example/Example.swift:8",
            ])
    }

    private let declared =
        #/
        ^\s*(?:@\w+(?:\([^)]*\))?\s)*(?:package|public)(?:\(set\))?\s.*?
        \b(?:struct|class|enum|actor|protocol|func|var|let|typealias|subscript|static)\b
        /#

    private let exempt =
        #/
        ^\s*(?:@\w+\s)*(?:package|public)\s(?:convenience\s|required\s)?
        (?:import|init|extension)\b|\boverride\s
        /#

    /// What a protocol of the language asks for is documented there.
    private let required =
        #/
        \b(?:var\s(?:description|debugDescription|errorDescription|hashValue|id)\b
        |func\s(?:hash|encode|log|index|makeAsyncIterator|makeIterator|next)\b
        |static\sfunc\s[<=~]+)
        /#

    private func undocumented(in file: SourceFile) -> [String] {
        file.indices(naming: ["package", "public"]) { _ in true }.filter { index in
            let line = file.lines[index]
            let needsOne =
                line.contains(declared) && !line.contains(exempt) && !line.contains(required)
            return needsOne && !isDocumented(index, in: file)
        }.map(file.place)
    }

    private func isDocumented(_ index: Int, in file: SourceFile) -> Bool {
        // Attributes and remarks on the code may stand between a declaration and its sentence.
        let nearest = file.lines[..<index].last { line in
            let text = line.unindented
            return text.hasPrefix("///") || !(text.hasPrefix("@") || text.hasPrefix("//"))
        }
        return nearest?.unindented.hasPrefix("///") == true
    }
}
