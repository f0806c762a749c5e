import Testing

@Suite("The documentation of the tree")
struct DocumentationTests {
    private let tree = SourceTree.shared

    /// Declarations that may still lack a sentence. It only ever shrinks: whoever documents some
    /// lowers it.
    private let undocumentedMax = 424

    @Test("has a sentence for what other modules see")
    func declarations() {
        let found = tree.swiftFiles.filter(\.isSource).flatMap { undocumented(in: $0) }

        #expect(
            found.count <= undocumentedMax,
            "\(found.count) have none, expected \(undocumentedMax) at most: \(list(found))")
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
                    package init() {}
                    package var description: String { "" }
                }
                """)

        #expect(undocumented(in: file) == ["Sources/Example/Example.swift:6"])
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
        var above = index - 1
        while above >= 0, file.lines[above].unindented.hasPrefix("@") { above -= 1 }
        return above >= 0 && file.lines[above].unindented.hasPrefix("//")
    }
}
