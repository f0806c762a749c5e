/// The paths of documents that a trigger wants: "orders/{order}/notes/{note}".
///
/// A capture stands for one identifier. All else is compared byte for byte.
package struct DocumentPattern: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text([UInt8])
        case capture(String)
    }

    private let parts: [Part]

    /// Reads a pattern: a document's path, where `{name}` may stand in place of an identifier.
    ///
    /// Nil where it is none.
    package init?(_ text: String) {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false)
        var sample: [String] = []
        var parts: [Part] = []
        for (place, piece) in pieces.enumerated() {
            if place % 2 == 1, piece.count > 2, piece.hasPrefix("{"), piece.hasSuffix("}") {
                parts.append(.capture(String(piece.dropFirst().dropLast())))
                sample.append("x")
            } else {
                parts.append(.text(Array(piece.utf8)))
                sample.append(String(piece))
            }
        }
        guard NameRule.documentPath.error(for: sample.joined(separator: "/")) == nil else {
            return nil
        }
        self.parts = parts
    }

    /// What the captures stand for in `path`; nil where it does not fit.
    package func captures(in path: String) -> [String: String]? {
        let pieces = path.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard pieces.count == parts.count else { return nil }
        var captures: [String: String] = [:]
        for (part, piece) in zip(parts, pieces) {
            switch part {
            case .text(let text): guard piece.elementsEqual(text) else { return nil }
            case .capture(let name): captures[name] = String(decoding: piece, as: UTF8.self)
            }
        }
        return captures
    }
}
