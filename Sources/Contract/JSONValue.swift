/// A JSON value where it lies in a text that was checked to its end: what it is and its bytes.
///
/// Nothing is copied until it is asked for, so what is handed on keeps every byte: a number of 40
/// digits, the order of members, an escape that could have been a character. A value must not be
/// kept longer than the bytes that it was made from.
package struct JSONValue {
    /// What its first byte says that it is.
    package let kind: JSONKind
    /// Where it begins in the text, counted from 0.
    package let offset: Int
    /// Its own bytes, without white space around them.
    package let bytes: UnsafeRawBufferPointer

    /// How many levels of objects and arrays a text may have.
    package static let depthMax = 128

    /// Checks the whole text and stands for the one value in it.
    package init(
        _ text: UnsafeRawBufferPointer, depthMax: Int = JSONValue.depthMax
    ) throws(JSONError) {
        var scanner = JSONScanner(text, depthMax: depthMax)
        let range = try scanner.scanText()
        self.init(checked: UnsafeRawBufferPointer(rebasing: text[range]), offset: range.lowerBound)
    }

    init(checked bytes: UnsafeRawBufferPointer, offset: Int) {
        self.bytes = bytes
        self.offset = offset
        kind = JSONKind(firstByte: bytes[0])
    }

    /// Where it lies in the text.
    package var range: Range<Int> { offset..<offset + bytes.count }

    /// A copy of its bytes.
    package var copied: [UInt8] { Array(bytes) }

    /// True for the literal alone; a member that is absent has no value at all.
    package var isNull: Bool { kind == .null }

    /// Nil where it is neither true nor false.
    package var boolean: Bool? { kind == .boolean ? bytes[0] == UInt8(ascii: "t") : nil }

    /// What a string says, its escapes undone; nil where it is none.
    package var text: String? {
        kind == .string ? JSONText(quoted: bytes).string : nil
    }

    /// Nil where it is no number, has a fraction or an exponent, or is out of the range.
    package var integer: Int64? {
        guard kind == .number else { return nil }
        let isNegative = bytes[0] == UInt8(ascii: "-")
        var value: Int64 = 0
        for byte in bytes[(isNegative ? 1 : 0)...] {
            let digit = Int64(byte) - 48
            guard (0...9).contains(digit) else { return nil }
            let (product, overflows) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(isNegative ? -digit : digit)
            guard !overflows, !overflowsToo else { return nil }
            value = sum
        }
        return value
    }

    /// The nearest number that 64 bits hold; nil where it is none or too large for them.
    package var double: Double? {
        guard kind == .number else { return nil }
        if bytes.count <= 15, let integer, integer != 0 { return Double(integer) }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return nil }
        return value.isFinite ? value : nil
    }

    /// Nil where it is no object. A key may come twice; who takes the last one does as most do.
    package var members: JSONMembers? { kind == .object ? JSONMembers(of: self) : nil }

    /// Nil where it is no array.
    package var elements: JSONElements? { kind == .array ? JSONElements(of: self) : nil }

    /// The last member of that name; nil where there is none or this is no object.
    package subscript(_ name: String) -> JSONValue? {
        guard let members else { return nil }
        return members.reduce(nil) { found, member in
            member.key.bytesEqual(name) ? member.value : found
        }
    }
}

/// What a JSON value is.
package enum JSONKind: String, Sendable {
    case object = "an object"
    case array = "an array"
    case string = "a text"
    case number = "a number"
    case boolean = "true or false"
    case null = "null"

    init(firstByte: UInt8) {
        self =
            switch firstByte {
            case UInt8(ascii: "{"): .object
            case UInt8(ascii: "["): .array
            case UInt8(ascii: "\""): .string
            case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
            case UInt8(ascii: "n"): .null
            default: .number
            }
    }
}

extension [UInt8] {
    /// Checks the bytes as a JSON text and hands on its value, which is good inside `body` only.
    ///
    /// Throws a `JSONError`, or what `body` throws.
    package func withJSON<Result>(_ body: (JSONValue) throws -> Result) throws -> Result {
        try withUnsafeBytes { try body(try JSONValue($0)) }
    }

    /// What the JSON text in the bytes is; throws where they are none.
    package func checkedJSONKind(depthMax: Int = JSONValue.depthMax) throws(JSONError) -> JSONKind {
        try withUnsafeBufferPointer { (bytes) throws(JSONError) in
            try JSONValue(UnsafeRawBufferPointer(bytes), depthMax: depthMax).kind
        }
    }
}
