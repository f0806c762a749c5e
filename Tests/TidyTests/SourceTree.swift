import Foundation
import Glibc

/// A file of the tree, as the rules see it.
struct SourceFile: Sendable {
    /// From the top of the tree: "Sources/Contract/Event.swift".
    let path: String
    let lines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// The target it belongs to, for what lies in Sources and Tests.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (parts[0] == "Sources" || parts[0] == "Tests")
            ? String(parts[1]) : nil
    }

    var isSource: Bool { path.hasPrefix("Sources/") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The lines for which `claim` holds, by number.
    ///
    /// - Parameter words: one of them stands in every such line. A search for a word is fast, and
    ///   a regular expression on every line of the tree is not.
    func indices(naming words: [String], where claim: (String) -> Bool) -> [Int] {
        lines.indices.filter { index in
            words.contains { lines[index].names($0) } && claim(lines[index])
        }
    }

    /// The place of a line as an editor understands it.
    func place(_ index: Int) -> String { "\(path):\(index + 1)" }

    /// Whether a comment with `word` stands on a line or on one of the two above or below it.
    func hasComment(saying word: String = "", near index: Int) -> Bool {
        let near = lines[max(0, index - 2)...min(lines.count - 1, index + 2)]
        return near.contains { line in
            guard let comment = line.firstRange(of: "//") else { return false }
            return word.isEmpty || line[comment.upperBound...].contains(word)
        }
    }
}

extension String {
    /// Whether a word stands somewhere in it, byte for byte.
    func names(_ word: String) -> Bool { strstr(self, word) != nil }

    /// Without the spaces that it begins with.
    var unindented: Substring {
        self[(utf8.firstIndex { $0 != UInt8(ascii: " ") } ?? endIndex)...]
    }
}

/// All that is written by hand in the tree, without what is built and what belongs to git.
struct SourceTree: Sendable {
    static let top = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The tree that these tests were compiled from.
    static let shared = SourceTree()

    let swiftFiles: [SourceFile]
    /// Documents and scripts.
    let otherFiles: [SourceFile]
    /// The names at the top that are not hidden.
    let topNames: [String]

    private init() {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: Self.top.path)) ?? []
        topNames = names.filter { !$0.hasPrefix(".") }.sorted()
        var swiftFiles: [SourceFile] = []
        var otherFiles: [SourceFile] = []
        for path in topNames.flatMap({ Self.paths(below: $0, manager) }) + [".ci/run"] {
            // What is no text, such as an example of bad bytes, follows no rule.
            guard
                let text = try? String(contentsOf: Self.top.appending(path: path), encoding: .utf8)
            else { continue }
            let file = SourceFile(path: path, text: text)
            if path.hasSuffix(".swift") { swiftFiles.append(file) } else { otherFiles.append(file) }
        }
        self.swiftFiles = swiftFiles
        self.otherFiles = otherFiles
    }

    private static func paths(below name: String, _ manager: FileManager) -> [String] {
        guard let below = manager.enumerator(atPath: top.appending(path: name).path) else {
            return []
        }
        let paths = below.compactMap { $0 as? String }.filter { !$0.contains(".build/") }
        return paths.isEmpty ? [name] : paths.sorted().map { "\(name)/\($0)" }
    }
}
