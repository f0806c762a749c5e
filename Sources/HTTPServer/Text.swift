/// Numbers and letters as bytes, without a String in between.
enum Hexadecimal {
    static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension UInt8 {
    /// The lower-case letter of an upper-case one; all else is unchanged.
    @inline(__always) var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    var isDigit: Bool { self &- 0x30 < 10 }
    var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }

    /// True for what a method or a field name is made of (RFC 9110, token).
    var isTokenByte: Bool {
        if isLetter || isDigit { return true }
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: return true
        default: return false
        }
    }

    /// True for what may stand in a field value: all but controls, tab excepted.
    @inline(__always) var isValueByte: Bool { (self >= 0x20 && self != 0x7F) || self == 0x09 }
}

extension [UInt8] {
    mutating func append(_ text: StaticString) {
        append(
            contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    mutating func appendDecimal(_ number: Int) {
        assert(number >= 0, "a length is not negative")
        if number < 10 { return append(UInt8(ascii: "0") + UInt8(number)) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = number
            var first = 20
            repeat {
                first -= 1
                digits[first] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            append(contentsOf: digits[first...])
        }
    }

    mutating func appendHexadecimal(_ number: Int) {
        var shift = (Int.bitWidth - number.leadingZeroBitCount + 3) / 4 * 4
        if shift == 0 { return append(UInt8(ascii: "0")) }
        while shift > 0 {
            shift -= 4
            append(Hexadecimal.digit(UInt8(number >> shift & 15)))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// True where these bytes are `text` but for the case of letters; `text` is in lower case.
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index].lowercased != text.utf8Start[index] {
            return false
        }
        return true
    }

    /// Without the spaces and tabs at both ends.
    var trimmed: UnsafeRawBufferPointer {
        var first = startIndex
        var end = endIndex
        while first < end, self[first] == 0x20 || self[first] == 0x09 { first += 1 }
        while end > first, self[end - 1] == 0x20 || self[end - 1] == 0x09 { end -= 1 }
        return UnsafeRawBufferPointer(rebasing: self[first..<end])
    }
}
