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
        let parts = field.split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.contains(where: \.isEmpty) else {
            throw DocumentFilterError(text: text, flaw: .field)
        }
        self.field = parts.map(String.init)
        self.comparison = comparison
        values = try Self.values(
            text[range.upperBound...].trimmed, comparison, text,
            place: text.utf8.distance(from: text.startIndex, to: range.upperBound) + 1)
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
        guard !value.isEmpty, !["=", "<", ">"].contains(String(value.prefix(1))) else {
            throw DocumentFilterError(text: text, flaw: .value(place: place))
        }
        var scalars: [Scalar]?
        // What is no JSON is a word, which is a text.
        _ = try? Array(value.utf8).withJSON { json in
            let all = comparison == .among ? json.elements.map(Array.init) : [json]
            scalars = all?.compactMap { Scalar($0) }
            if scalars?.count != all?.count { scalars = [] }
        }
        if scalars == nil, comparison != .among { scalars = [.text(value)] }
        guard let scalars, (1...valuesMax).contains(scalars.count) else {
            throw DocumentFilterError(text: text, flaw: .value(place: place))
        }
        return scalars
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

/// A number of JSON, compared by its value however it is written: 1, 1.0 and 1e0 are the same.
struct JSONNumber: Sendable, Comparable {
    private let isNegative: Bool
    /// Without zeros at either end; none for zero.
    private let digits: [UInt8]
    /// The value is 0.digits times ten to this power.
    private let power: Int

    /// Reads the bytes of a number that was scanned.
    init(_ bytes: UnsafeRawBufferPointer) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var place = bytes.first == UInt8(ascii: "-") ? 1 : 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte | 0x20 == UInt8(ascii: "e") {
                let text = String(decoding: bytes[(place + 1)...], as: UTF8.self)
                // What no number can hold is as good as endless.
                exponent = Int(text) ?? (text.hasPrefix("-") ? -(1 << 40) : 1 << 40)
                break
            } else {
                digits.append(byte - 48)
            }
            place += 1
        }
        var power = (point ?? digits.count) + max(-(1 << 40), min(exponent, 1 << 40))
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        power -= leading
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.power = digits.isEmpty ? 0 : power
        isNegative = bytes.first == UInt8(ascii: "-") && !digits.isEmpty
    }

    /// -1, 0 or 1.
    var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    /// The size without the sign as bytes that sort as sizes do: power, digits, and an end.
    func sizeBytes(digitsMax: Int) -> [UInt8] {
        let biased = UInt64(bitPattern: Int64(power)) ^ (1 << 63)
        let powerBytes = (0..<8).map { UInt8(truncatingIfNeeded: biased >> UInt64(56 - $0 * 8)) }
        return powerBytes + digits.prefix(digitsMax).map { $0 + 1 } + [0]
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    /// Looks at the size alone.
    private func isSmaller(than other: Self) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if power != other.power { return power < other.power }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}

/// Why a text is no filter.
package struct DocumentFilterError: Error, Equatable, CustomStringConvertible {
    enum Flaw: Equatable {
        case long
        case field
        case comparison(place: Int)
        case value(place: Int)
    }

    let text: String
    let flaw: Flaw

    /// Shows the place, counted in bytes from 1, and what belongs there.
    package var description: String {
        switch flaw {
        case .long: "where \"\(text)\" has over \(DocumentFilter.textBytesMax) bytes"
        case .field:
            "where \"\(text)\": the field before the comparison is empty or has an empty part; "
                + "expected a name such as state or address.city"
        case .comparison(let place):
            "where \"\(text)\": at character \(place) a comparison is missing; expected "
                + "==, !=, <, <=, >, >= or in"
        case .value(let place):
            "where \"\(text)\": at character \(place) a value is missing; expected a JSON text, "
                + "number, true, false or null, or a word; after in an array of 1 to "
                + "\(DocumentFilter.valuesMax) of these"
        }
    }
}

extension UInt8 {
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
