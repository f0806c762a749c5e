/// Where a text stops being JSON, and what would have made it go on.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The byte at which it goes wrong, counted from 0.
    package var offset: Int
    /// What the grammar would have allowed there.
    package var expected: Expectation
    /// The byte there, or nil where the text ends.
    package var found: UInt8?

    /// Made where a scan stops.
    package init(offset: Int, expected: Expectation, found: UInt8?) {
        self.offset = offset
        self.expected = expected
        self.found = found
    }

    /// What the grammar allows at a place; the raw value is the word for it.
    package enum Expectation: String, Sendable {
        case value = "a value"
        case valueOrArrayEnd = "a value or ']'"
        case key = "a key in '\"'"
        case keyOrObjectEnd = "a key in '\"' or '}'"
        case colon = "':'"
        case commaOrObjectEnd = "',' or '}'"
        case commaOrArrayEnd = "',' or ']'"
        case digit = "a digit"
        case literal = "true, false or null"
        case textEnd = "text without control characters and its closing '\"'"
        case escape = "one of \"\\/bfnrtu after '\\'"
        case hexadecimalDigit = "four hexadecimal digits after '\\u'"
        case surrogate = "both halves of a surrogate pair"
        case utf8 = "UTF-8"
        case shallower = "fewer levels of nesting"
        case end = "the end of the text"
    }

    package var description: String {
        "offset \(offset): expected \(expected.rawValue), found \(foundText)"
    }

    private var foundText: String {
        switch found {
        case nil: "the end"
        case let byte? where (0x20...0x7E).contains(byte): "'\(Character(Unicode.Scalar(byte)))'"
        case let byte?: "byte 0x\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))"
        }
    }
}
