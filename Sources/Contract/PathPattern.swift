/// The pattern of an HTTP trigger's path: `/orders/{id}`, `/files/{name...}`.
///
/// Between slashes there is a literal or a capture, which takes one segment that is not empty. A
/// rest can only come last; it takes all that follows its slash, slashes too, and also nothing.
/// Literals and captures are compared and handed on with their percent escapes undone.
package struct PathPattern: Sendable, Hashable, CustomStringConvertible {
    /// What stands between two slashes.
    package enum Part: Sendable, Hashable {
        /// The bytes with their escapes undone.
        case literal([UInt8])
        case capture(String)
        case rest(String)
    }

    /// The pattern as its author wrote it.
    package let text: String
    /// None for "/".
    package let parts: [Part]
    /// Whether there is anything to hand on: it has a capture or a rest.
    package let hasNames: Bool

    /// The most parts that a pattern may have.
    package static let partsMax = 32

    /// Reads a pattern; throws what is wrong with it first, from left to right.
    package init(_ text: String) throws(PathPatternError) {
        self.text = text
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw PathPatternError(pattern: text, flaw: .slashMissing)
        }
        let segments =
            text == "/"
            ? []
            : text.utf8.dropFirst().split(
                separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.count <= Self.partsMax else {
            throw PathPatternError(
                pattern: text, flaw: .manyParts(found: segments.count, max: Self.partsMax))
        }
        var parts: [Part] = []
        for segment in segments {
            parts.append(try Self.part(Array(segment), of: text))
        }
        self.parts = parts
        hasNames = parts.contains { $0.name != nil }
        try checkNames()
    }

    private static func part(_ segment: [UInt8], of text: String) throws(PathPatternError) -> Part {
        let written = String(decoding: segment, as: UTF8.self)
        guard !segment.isEmpty else { throw PathPatternError(pattern: text, flaw: .emptyPart) }
        guard segment.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            guard segment.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != 0x3F && $0 != 0x23 }),
                let literal = segment.withUnsafeBytes({ $0.percentDecoded() })
            else { throw PathPatternError(pattern: text, flaw: .literal(written)) }
            return .literal(literal)
        }
        guard segment.first == UInt8(ascii: "{"), segment.last == UInt8(ascii: "}") else {
            throw PathPatternError(pattern: text, flaw: .capture(written))
        }
        let isRest = written.hasSuffix("...}")
        let name = String(written.dropFirst().dropLast(isRest ? 4 : 1))
        guard isName(name) else { throw PathPatternError(pattern: text, flaw: .capture(written)) }
        return isRest ? .rest(name) : .capture(name)
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.count <= 63
            && name.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "_") || (48...57).contains(byte) || (65...90).contains(byte)
                    || (97...122).contains(byte)
            }
    }

    private func checkNames() throws(PathPatternError) {
        var names: Set<String> = []
        for (index, part) in parts.enumerated() {
            guard let name = part.name else { continue }
            if case .rest = part, index < parts.count - 1 {
                throw PathPatternError(pattern: text, flaw: .restNotLast(name))
            }
            guard names.insert(name).inserted else {
                throw PathPatternError(pattern: text, flaw: .nameTwice(name))
            }
        }
    }

    /// The names of its captures and its rest, in order.
    package var names: [String] { parts.compactMap(\.name) }

    package var description: String { text }

    /// Whether both take the very same paths, whatever their captures are called.
    package func isSameRoute(as other: PathPattern) -> Bool {
        parts.count == other.parts.count && zip(parts, other.parts).allSatisfy { $0.isAlike($1) }
    }

    /// Whether this one is looked at first: from left to right a literal goes before a capture and
    /// a capture before a rest; "/" goes before "/{rest...}".
    package func isMoreSpecific(than other: PathPattern) -> Bool {
        for (mine, others) in zip(parts, other.parts) where mine.rank != others.rank {
            return mine.rank < others.rank
        }
        return parts.count < other.parts.count
    }
}

extension PathPattern.Part {
    fileprivate var name: String? {
        switch self {
        case .literal: nil
        case .capture(let name), .rest(let name): name
        }
    }

    fileprivate var rank: Int {
        switch self {
        case .literal: 0
        case .capture: 1
        case .rest: 2
        }
    }

    fileprivate func isAlike(_ other: Self) -> Bool {
        switch (self, other) {
        case (.literal(let mine), .literal(let others)): mine == others
        case (.capture, .capture), (.rest, .rest): true
        case (.literal, _), (.capture, _), (.rest, _): false
        }
    }
}

/// A text that is no path pattern.
package struct PathPatternError: Error, Equatable, CustomStringConvertible {
    /// The text as it was found.
    package var pattern: String
    /// The first thing that is wrong with it.
    package var flaw: Flaw

    /// What is wrong.
    package enum Flaw: Sendable, Equatable {
        case slashMissing
        case emptyPart
        case literal(String)
        case capture(String)
        case restNotLast(String)
        case nameTwice(String)
        case manyParts(found: Int, max: Int)
    }

    package var description: String { "the path \"\(pattern)\" \(flawText)" }

    private var flawText: String {
        switch flaw {
        case .slashMissing: "does not begin with '/'"
        case .emptyPart:
            "has nothing between two slashes or after its last one; leave that slash out"
        case .literal(let part):
            "has the part \"\(part)\"; expected no blanks, '?' or '#', "
                + "and two hexadecimal digits after '%'"
        case .capture(let part):
            "has the part \"\(part)\"; expected a whole part such as {id}, "
                + "or {rest...} as the last one"
        case .restNotLast(let name): "goes on after {\(name)...}, which takes all that follows"
        case .nameTwice(let name): "has {\(name)} twice; give each capture a name of its own"
        case .manyParts(let found, let max): "has \(found) parts where \(max) are the most"
        }
    }
}
