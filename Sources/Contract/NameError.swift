/// A name that breaks the rule for its kind.
package struct NameError: Error, Equatable, CustomStringConvertible {
    /// The rule that it breaks.
    package var rule: NameRule
    /// The whole name as it was found; only the text that people see is cut.
    package var name: String
    /// The first thing that is wrong with it.
    package var flaw: Flaw

    /// Made by `NameRule.error(for:)`.
    package init(rule: NameRule, name: String, flaw: Flaw) {
        self.rule = rule
        self.name = name
        self.flaw = flaw
    }

    /// What is wrong.
    package enum Flaw: Sendable, Equatable {
        /// The name, or a part of it, has no letters.
        case empty
        /// A character that may not be there; the place is its byte's, counted from 0.
        case character(place: Int)
        case long(bytes: Int, max: Int)
        case manyParts(found: Int, max: Int)
        /// A path that ends in a collection where a document is meant, or the reverse.
        case unpaired

        func moved(by bytes: Int) -> Flaw {
            if case .character(let place) = self { .character(place: place + bytes) } else { self }
        }
    }

    /// Such as `the function name "Send" has 'S' at place 1; expected 1 to 63 of a-z, 0-9 and '-'`.
    package var description: String {
        "the \(rule.noun) \"\(shortName)\" \(flawText); expected \(rule.expectation)"
    }

    private var flawText: String {
        switch flaw {
        case .empty: name.isEmpty ? "is empty" : "has an empty part"
        case .character(let place):
            "has \(characterText(at: place)) at place \(characterPlace(of: place))"
        case .long(let bytes, let max): "has \(bytes) bytes where \(max) are the most"
        case .manyParts(let found, let max): "has \(found) parts where \(max) are the most"
        case .unpaired:
            rule == .documentPath ? "ends in a collection" : "ends in a document's id"
        }
    }

    private func characterText(at place: Int) -> String {
        let scalar = name.unicodeScalars[scalarIndex(at: place)]
        let isShown = scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        return isShown ? "'\(scalar)'" : "the control character \(scalar.value)"
    }

    /// Counted from 1 and in characters, as people do.
    private func characterPlace(of place: Int) -> Int {
        name.unicodeScalars[..<scalarIndex(at: place)].count + 1
    }

    private func scalarIndex(at place: Int) -> String.Index {
        name.utf8.index(name.startIndex, offsetBy: place)
    }

    private var shortName: String {
        let shown = name.unicodeScalars.prefix(80).map { scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                ? "\u{FFFD}" : String(scalar)
        }
        return shown.joined() + (name.unicodeScalars.count > 80 ? "…" : "")
    }
}

extension NameRule {
    fileprivate var noun: String {
        switch self {
        case .function: "function name"
        case .schedule: "schedule name"
        case .topic: "topic"
        case .topicPattern: "topic pattern"
        case .collection: "collection"
        case .bucket: "bucket"
        case .documentID: "document id"
        case .documentPath: "document path"
        case .collectionPath: "collection path"
        }
    }

    fileprivate var expectation: String {
        let part = "1 to 63 of a-z, 0-9, '_' and '-', the first a letter or digit"
        return switch self {
        case .function, .schedule: "1 to 63 of a-z, 0-9 and '-'"
        case .topic: "up to 8 parts with '.' between them, each \(part)"
        case .topicPattern: "up to 8 parts with '.' between them, the last one '*' or each \(part)"
        case .collection, .bucket: part
        case .documentID: "1 to 200 bytes without '/' and control characters"
        case .documentPath: "collection/id, and again /collection/id for each level below"
        case .collectionPath: "a collection, and again /id/collection for each level below"
        }
    }
}
