/// A comparison that a query asks of one field of each document: `state==open`.
///
/// Values of different kinds are never equal, and none of them is less than the other; so a field
/// that is absent fits nothing but `!=`. Numbers are compared exactly, whatever they are written
/// like; texts byte for byte; false comes before true.
package struct DocumentFilter: Sendable, Equatable {
    enum Comparison: String, CaseIterable, Sendable {
        // The longer ones first, for `<` begins `<=`.
        case equal = "=="
        case different = "!="
        case atMost = "<="
        case atLeast = ">="
        case less = "<"
        case more = ">"
        case among = " in "
    }

    /// A value as documents have it.
    enum Scalar: Sendable, Equatable {
        case null
        case boolean(Bool)
        case number(JSONNumber)
        case text(String)

        /// Texts are the same byte for byte; Swift's own equality knows two spellings of "é".
        static func == (left: Self, right: Self) -> Bool {
            switch (left, right) {
            case (.null, .null): true
            case (.boolean(let left), .boolean(let right)): left == right
            case (.number(let left), .number(let right)): left == right
            case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
            case (.null, _), (.boolean, _), (.number, _), (.text, _): false
            }
        }
    }

    let field: [String]
    let comparison: Comparison
    let values: [Scalar]

    /// What one filter may be written with.
    package static let textBytesMax = 1_024
    /// The values that one ` in ` may name.
    package static let valuesMax = 100

    /// Reads the text form: a field, perhaps with dots in it, a comparison and a value. A word that
    /// is no JSON stands for itself: `state==open`. After ` in ` comes an array: `state in ["a","b"]`.
    package init(_ text: String) throws(DocumentFilterError) {
        guard text.utf8.count <= Self.textBytesMax else {
            throw DocumentFilterError(text: String(text.prefix(40)) + "…", flaw: .long)
        }
        guard let (comparison, range) = Self.comparison(in: text) else {
            throw DocumentFilterError(text: text, flaw: .comparison(place: Self.fieldEnd(of: text)))
        }
        let field = text[..<range.lowerBound].trimmed
        if let end = field.utf8.firstIndex(where: \.isOfComparison) {
            let place = field.utf8.distance(from: field.startIndex, to: end) + 1
            throw DocumentFilterError(text: text, flaw: .comparison(place: place))
        }
        let parts = field.split(separator: ".", omittingEmptySubsequences: false)
        if let empty = parts.firstIndex(where: \.isEmpty) {
            let place = parts[..<empty].reduce(1) { $0 + $1.utf8.count + 1 }
            throw DocumentFilterError(text: text, flaw: .field(place: place))
        }
        self.field = parts.map(String.init)
        self.comparison = comparison
        let rest = text[range.upperBound...]
        values = try Self.values(
            rest.trimmed, comparison, text,
            place: text.utf8.distance(from: text.startIndex, to: range.upperBound) + 1
                + rest.prefix { $0 == " " }.count)
    }

    /// True where the document, which is a JSON object, is as the filter wants it.
    package func matches(_ document: JSONValue) -> Bool {
        var value: JSONValue? = document
        for name in field { value = value?[name] }
        let found = value.flatMap { Scalar($0) }
        switch comparison {
        case .equal: return found == values[0]
        case .different: return found != values[0]
        case .among: return found.map(values.contains) ?? false
        case .less: return found.flatMap { $0.isLess(than: values[0]) } ?? false
        case .more: return found.flatMap { values[0].isLess(than: $0) } ?? false
        case .atMost: return found.flatMap { values[0].isLess(than: $0).map { !$0 } } ?? false
        case .atLeast: return found.flatMap { $0.isLess(than: values[0]).map { !$0 } } ?? false
        }
    }

    /// The first comparison in the text, and where it stands.
    private static func comparison(in text: String) -> (Comparison, Range<String.Index>)? {
        var first: (Comparison, Range<String.Index>)?
        for comparison in Comparison.allCases {
            guard let range = text.firstRange(of: comparison.rawValue) else { continue }
            if let known = first, known.1.lowerBound <= range.lowerBound { continue }
            first = (comparison, range)
        }
        return first
    }

    private static func fieldEnd(of text: String) -> Int {
        let end = text.utf8.firstIndex { !$0.isOfField } ?? text.utf8.endIndex
        return text.utf8.distance(from: text.startIndex, to: end) + 1
    }

    private static func values(
        _ value: String, _ comparison: Comparison, _ text: String, place: Int
    ) throws(DocumentFilterError) -> [Scalar] {
        func flaw(at offset: Int = 0) -> DocumentFilterError {
            DocumentFilterError(text: text, flaw: .value(place: place + offset))
        }
        let isJSON =
            comparison == .among || value.utf8.first.map { "\"[{".utf8.contains($0) } ?? false
        var scalars: [Scalar]?
        do {
            try Array(value.utf8).withJSON { json in
                let all = comparison == .among ? json.elements.map(Array.init) : [json]
                scalars = all?.compactMap { Scalar($0) }
                if scalars?.count != all?.count { scalars = [] }
            }
        } catch {
            guard !isJSON else { throw flaw(at: (error as? JSONError)?.offset ?? 0) }
            if let wrong = wordFlaw(value) { throw flaw(at: wrong) }
            scalars = [.text(value)]
        }
        guard let scalars, (1...valuesMax).contains(scalars.count) else { throw flaw() }
        return scalars
    }

    /// Where a text stops being a word that needs no quotes; nil for one that is a word.
    private static func wordFlaw(_ text: String) -> Int? {
        if text.isEmpty || text.hasPrefix("'") { return 0 }
        let bytes = Array(text.utf8)
        return bytes.firstIndex { $0.isOfComparison || $0 == UInt8(ascii: "\"") }
    }
}

extension DocumentFilter.Scalar {
    /// Nil for an object and an array.
    init?(_ value: JSONValue) {
        switch value.kind {
        case .null: self = .null
        case .boolean: self = .boolean(value.boolean == true)
        case .number: self = .number(JSONNumber(value.bytes))
        case .string: self = .text(value.text ?? "")
        case .object, .array: return nil
        }
    }

    /// Nil for values that can't be compared.
    func isLess(than other: Self) -> Bool? {
        switch (self, other) {
        case (.number(let left), .number(let right)): left < right
        case (.text(let left), .text(let right)):
            left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.boolean(let left), .boolean(let right)): !left && right
        default: nil
        }
    }
}

/// Why a text is no filter.
package struct DocumentFilterError: Error, Equatable, CustomStringConvertible {
    enum Flaw: Equatable {
        case long
        case field(place: Int)
        case comparison(place: Int)
        case value(place: Int)
    }

    let text: String
    let flaw: Flaw

    /// Shows the place, counted in bytes from 1, and what belongs there.
    package var description: String {
        switch flaw {
        case .long: "where \"\(text)\" has over \(DocumentFilter.textBytesMax) bytes"
        case .field(let place):
            "where \"\(text)\": at character \(place) the field, or a part of it, is empty; expected a "
                + "name such as state or address.city"
        case .comparison(let place):
            "where \"\(text)\": at character \(place) a comparison is missing; expected "
                + "==, !=, <, <=, >, >= or in"
        case .value(let place):
            "where \"\(text)\": at character \(place) a value is missing or goes wrong; expected a "
                + "JSON text, number, true, false or null, or a word without quotes and comparisons; "
                + "after in an array of 1 to \(DocumentFilter.valuesMax) of these"
        }
    }
}

extension UInt8 {
    fileprivate var isOfComparison: Bool {
        [UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!")].contains(self)
    }

    fileprivate var isOfField: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "-"), UInt8(ascii: " "), 0x80...:
            true
        default: false
        }
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
