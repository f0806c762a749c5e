/// A string where it lies in a JSON text, between its quotes and with its escapes.
///
/// A key is compared with a name in a pattern, without a copy: `case "data":`.
package struct JSONText {
    /// What is between the quotes, as it was written.
    package let bytes: UnsafeRawBufferPointer

    init(quoted: UnsafeRawBufferPointer) {
        bytes = UnsafeRawBufferPointer(rebasing: quoted[1..<quoted.count - 1])
    }

    /// The same with its quotes.
    package var quoted: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes.baseAddress! - 1, count: bytes.count + 2)
    }

    /// What it says.
    package var string: String {
        hasEscapes
            ? String(decoding: unescaped(), as: UTF8.self) : String(decoding: bytes, as: UTF8.self)
    }

    /// What it says, in UTF-8. Keys are the same when these are, and not when they only look it.
    package var utf8: [UInt8] { hasEscapes ? unescaped() : Array(bytes) }

    package static func ~= (name: StaticString, text: JSONText) -> Bool {
        let expected = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard !text.hasEscapes else { return text.unescaped().elementsEqual(expected) }
        return text.bytes.count == expected.count && text.bytes.elementsEqual(expected)
    }

    func bytesEqual(_ name: String) -> Bool {
        hasEscapes ? unescaped().elementsEqual(name.utf8) : bytes.elementsEqual(name.utf8)
    }

    private var hasEscapes: Bool { bytes.contains(UInt8(ascii: "\\")) }

    private func unescaped() -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\") {
                appendEscape(at: &place, to: &result)
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    private func appendEscape(at place: inout Int, to result: inout [UInt8]) {
        let letter = bytes[place + 1]
        place += 2
        switch letter {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var code = codeUnit(at: place)
            place += 4
            if code & 0xFC00 == 0xD800 {
                code = 0x1_0000 + (code & 0x3FF) << 10 + codeUnit(at: place + 2) & 0x3FF
                place += 6
            }
            guard let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) else {
                preconditionFailure("surrogates were checked to be pairs")
            }
            result.append(contentsOf: encoded)
        default: result.append(letter)
        }
    }

    private func codeUnit(at place: Int) -> UInt32 {
        (place..<place + 4).reduce(0) { $0 << 4 | UInt32(bytes[$1].hexadecimalValue ?? 0) }
    }
}
