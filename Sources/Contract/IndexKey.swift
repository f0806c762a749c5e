/// A value of a document as bytes that sort as values do: null, false, true, numbers, texts.
///
/// Numbers are exact, whatever they are written like. Texts are cut after 1,000 bytes and numbers
/// after as many digits: what an index finds is compared again with the document itself.
package struct IndexKey: Sendable, Hashable, Comparable {
    /// The first byte says which kind it is.
    package let bytes: [UInt8]

    /// How long it may become, but for a few bytes of its own.
    package static let bytesMax = 1_000

    private enum Kind: UInt8 {
        case null = 1
        case no, yes, negative, zero, positive, text, end
    }

    /// As a store has it.
    package init(stored bytes: [UInt8]) { self.bytes = bytes }

    /// Nil where the document has no value there, or an object or array.
    package init?(of document: JSONValue, at field: [String]) {
        var value: JSONValue? = document
        for name in field { value = value?[name] }
        guard let scalar = value.flatMap({ DocumentFilter.Scalar($0) }) else { return nil }
        self.init(scalar)
    }

    init(_ scalar: DocumentFilter.Scalar) {
        switch scalar {
        case .null: bytes = [Kind.null.rawValue]
        case .boolean(let value): bytes = [value ? Kind.yes.rawValue : Kind.no.rawValue]
        case .text(let text): bytes = [Kind.text.rawValue] + text.utf8.prefix(Self.bytesMax)
        case .number(let number):
            guard number.sign != 0 else {
                bytes = [Kind.zero.rawValue]
                return
            }
            let size = number.sizeBytes(digitsMax: Self.bytesMax)
            bytes =
                number.sign > 0
                ? [Kind.positive.rawValue] + size : [Kind.negative.rawValue] + size.map { ~$0 }
        }
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// Between which keys values lie that are of the same kind.
    static func bounds(of scalar: DocumentFilter.Scalar) -> (first: IndexKey, last: IndexKey) {
        let (first, end): (Kind, Kind) =
            switch scalar {
            case .null: (.null, .no)
            case .boolean: (.no, .negative)
            case .number: (.negative, .text)
            case .text: (.text, .end)
            }
        return (IndexKey(stored: [first.rawValue]), IndexKey(stored: [end.rawValue]))
    }
}

/// The keys that an index has to be looked through for, both ends included.
package struct KeyRange: Sendable, Equatable {
    /// The smallest.
    package var first: IndexKey
    /// The largest.
    package var last: IndexKey

    /// From one key to another.
    package init(first: IndexKey, last: IndexKey) {
        self.first = first
        self.last = last
    }

    /// All that there are.
    package static let all = KeyRange(
        first: IndexKey(stored: []), last: IndexKey(stored: [UInt8.max]))

    /// What lies in both.
    package func clamped(to other: KeyRange) -> KeyRange {
        KeyRange(first: max(first, other.first), last: min(last, other.last))
    }

    /// True where one value alone is meant.
    package var isSingle: Bool { first == last }
}

extension DocumentFilter {
    /// Where an index has what the filter wants, and perhaps more; nil where it is of no help.
    package var keyRange: KeyRange? {
        let keys = values.map { IndexKey($0) }
        guard let first = keys.min(), let last = keys.max() else { return nil }
        let bounds = IndexKey.bounds(of: values[0])
        switch comparison {
        case .different: return nil
        case .equal, .among: return KeyRange(first: first, last: last)
        case .less, .atMost: return KeyRange(first: bounds.first, last: last)
        case .more, .atLeast: return KeyRange(first: first, last: bounds.last)
        }
    }

    /// The names on the way to the value that it compares.
    package var path: [String] { field }
}
