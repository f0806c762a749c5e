/// Checks that bytes are one JSON text (RFC 8259), without copying any.
///
/// Stricter than the grammar in two places where what follows could not be relied upon: half a
/// surrogate pair is refused, for it is no character, and so is nesting beyond `depthMax`.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private let depthMax: Int
    private var place = 0

    init(_ bytes: UnsafeRawBufferPointer, depthMax: Int) {
        self.bytes = bytes
        self.depthMax = depthMax
    }

    /// Where the text's one value lies between the white space around it.
    mutating func scanText() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = place
        try scanValue(depth: 0, or: .value)
        let end = place
        skipSpace()
        guard place == bytes.count else { throw error(.end) }
        return start..<end
    }

    private mutating func scanValue(
        depth: Int, or expected: JSONError.Expectation
    ) throws(JSONError) {
        switch current {
        case UInt8(ascii: "{"): try scanObject(depth: depth + 1)
        case UInt8(ascii: "["): try scanArray(depth: depth + 1)
        case UInt8(ascii: "\""): try scanString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try scanNumber()
        case UInt8(ascii: "t"): try scanLiteral("true")
        case UInt8(ascii: "f"): try scanLiteral("false")
        case UInt8(ascii: "n"): try scanLiteral("null")
        default: throw error(expected)
        }
    }

    private mutating func scanObject(depth: Int) throws(JSONError) {
        guard depth <= depthMax else { throw error(.shallower) }
        place += 1
        skipSpace()
        if take(UInt8(ascii: "}")) { return }
        var expected = JSONError.Expectation.keyOrObjectEnd
        while true {
            guard current == UInt8(ascii: "\"") else { throw error(expected) }
            try scanString()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error(.colon) }
            skipSpace()
            try scanValue(depth: depth, or: .value)
            skipSpace()
            if take(UInt8(ascii: "}")) { return }
            guard take(UInt8(ascii: ",")) else { throw error(.commaOrObjectEnd) }
            skipSpace()
            expected = .key
        }
    }

    private mutating func scanArray(depth: Int) throws(JSONError) {
        guard depth <= depthMax else { throw error(.shallower) }
        place += 1
        skipSpace()
        if take(UInt8(ascii: "]")) { return }
        var expected = JSONError.Expectation.valueOrArrayEnd
        while true {
            try scanValue(depth: depth, or: expected)
            skipSpace()
            if take(UInt8(ascii: "]")) { return }
            guard take(UInt8(ascii: ",")) else { throw error(.commaOrArrayEnd) }
            skipSpace()
            expected = .value
        }
    }

    private mutating func scanNumber() throws(JSONError) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try scanDigits() }
        if take(UInt8(ascii: ".")) { try scanDigits() }
        guard current | 0x20 == UInt8(ascii: "e") else { return }
        place += 1
        if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
        try scanDigits()
    }

    private mutating func scanDigits() throws(JSONError) {
        guard current &- UInt8(ascii: "0") < 10 else { throw error(.digit) }
        repeat { place += 1 } while current &- UInt8(ascii: "0") < 10
    }

    private mutating func scanLiteral(_ word: StaticString) throws(JSONError) {
        for index in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[index]) else { throw error(.literal) }
        }
    }

    private mutating func scanString() throws(JSONError) {
        place += 1
        while true {
            skipPlain()
            switch current {
            case UInt8(ascii: "\""):
                place += 1
                return
            case UInt8(ascii: "\\"): try scanEscape()
            case 0x80...: try scanCharacter()
            default: throw error(.textEnd)
            }
        }
    }

    /// Passes over the bytes of a string that mean themselves, eight at a time.
    ///
    /// A byte's top bit is set in `special` where it is a control, '"', '\' or not ASCII. A borrow
    /// can set it wrongly, but only above a byte where it is right, and the lowest one counts.
    private mutating func skipPlain() {
        let low: UInt64 = 0x0101_0101_0101_0101
        while place + 8 <= bytes.count {
            let word = UInt64(
                littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quotes = word ^ (low &* 0x22)
            let backslashes = word ^ (low &* 0x5C)
            let found =
                ((word &- (low &* 0x20)) & ~word) | ((quotes &- low) & ~quotes)
                | ((backslashes &- low) & ~backslashes) | word
            let special = found & (low &* 0x80)
            guard special == 0 else {
                place += special.trailingZeroBitCount >> 3
                return
            }
            place += 8
        }
        while case let byte = current, byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C {
            place += 1
        }
    }

    private mutating func scanEscape() throws(JSONError) {
        place += 1
        switch current {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            place += 1
        case UInt8(ascii: "u"):
            place += 1
            let unit = try scanCodeUnit()
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")),
                try scanCodeUnit() & 0xFC00 == 0xDC00
            else { throw error(.surrogate) }
        default: throw error(.escape)
        }
    }

    private mutating func scanCodeUnit() throws(JSONError) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = current.hexadecimalValue else { throw error(.hexadecimalDigit) }
            unit = unit << 4 | UInt16(digit)
            place += 1
        }
        return unit
    }

    /// One character of two to four bytes, as table 3-7 of the Unicode standard has them.
    private mutating func scanCharacter() throws(JSONError) {
        let (second, length): (ClosedRange<UInt8>, Int) =
            switch current {
            case 0xC2...0xDF: (0x80...0xBF, 2)
            case 0xE0: (0xA0...0xBF, 3)
            case 0xED: (0x80...0x9F, 3)
            case 0xE1...0xEF: (0x80...0xBF, 3)
            case 0xF0: (0x90...0xBF, 4)
            case 0xF1...0xF3: (0x80...0xBF, 4)
            case 0xF4: (0x80...0x8F, 4)
            default: throw error(.utf8)
            }
        guard place + length <= bytes.count, second.contains(bytes[place + 1]),
            length < 3 || bytes[place + 2] & 0xC0 == 0x80,
            length < 4 || bytes[place + 3] & 0xC0 == 0x80
        else { throw error(.utf8) }
        place += length
    }

    private mutating func skipSpace() {
        while case let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
        {
            place += 1
        }
    }

    /// 0 at the end; the grammar has no place for a byte 0.
    private var current: UInt8 { place < bytes.count ? bytes[place] : 0 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte, place < bytes.count else { return false }
        place += 1
        return true
    }

    private func error(_ expected: JSONError.Expectation) -> JSONError {
        JSONError(
            offset: place, expected: expected, found: place < bytes.count ? bytes[place] : nil)
    }
}
