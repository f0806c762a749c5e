import Testing

@Suite("The size of the tree")
struct SizeTests {
    private let tree = SourceTree.shared

    static let fileLinesMax = 250
    static let functionLinesMax = 60

    /// Files that are longer, each with the reason that one would say aloud.
    private let longFiles: [String: String] = [
        "Sources/StoreSQLite/InvocationRows.swift": "every statement on one table, side by side"
    ]

    @Test("is small in each file")
    func files() {
        let found = tree.swiftFiles.filter {
            $0.lines.count - 1 > Self.fileLinesMax && longFiles[$0.path] == nil
        }.map { "\($0.path) has \($0.lines.count - 1) lines" }

        #expect(found.isEmpty, "expected \(Self.fileLinesMax) at most: \(list(found))")
    }

    @Test("is small in each function")
    func functions() {
        let found = tree.swiftFiles.flatMap { file in
            functions(of: file).filter { $0.lineCount > Self.functionLinesMax }
                .map { "\(file.place($0.index)) has \($0.lineCount) lines" }
        }

        #expect(found.isEmpty, "expected \(Self.functionLinesMax) at most: \(list(found))")
    }

    @Test("is counted from a declaration to its closing brace")
    func counting() {
        let file = SourceFile(
            path: "Example.swift",
            text: """
                struct Example {
                    package init() {}
                    func long(
                        argument: Int
                    ) -> Int {
                        if argument > 1 {
                            return 1
                        }
                        return 2
                    }
                    var text: String { "" }
                }
                protocol Rule {
                    func ask()
                }
                """)

        let counts = functions(of: file).map { [$0.index, $0.lineCount] }

        #expect(counts == [[1, 1], [2, 8], [13, 1]])
    }

    /// Relies on the format, which `make test` checks first: a declaration's closing brace stands
    /// below its beginning.
    private func functions(of file: SourceFile) -> [(index: Int, lineCount: Int)] {
        file.indices(naming: ["func ", "init", "subscript"]) { $0.contains(declared) }.map {
            index in
            let indent = indentation(of: file.lines[index])
            let end = file.lines[(index + 1)...].firstIndex { line in
                let text = line.unindented
                let isContinued = [")", "where ", "{"].contains { text.hasPrefix($0) }
                return !text.isEmpty && indentation(of: line) <= indent && !isContinued
            }
            guard let end, file.lines[end].unindented.hasPrefix("}"),
                indentation(of: file.lines[end]) == indent
            else { return (index, 1) }
            return (index, end - index + 1)
        }
    }

    private let declared = /^ *(?:[@\w().]+ )*(?:func |init[?(<]|subscript[(<])/

    private func indentation(of line: String) -> Int {
        line.utf8.count - line.unindented.utf8.count
    }
}
