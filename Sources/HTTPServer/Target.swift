/// Splits a request target (RFC 9112 section 3.2) and refuses what is none.
struct Target {
    let bytes: UnsafeRawBufferPointer
    let range: Range<Int>

    func split(_ head: inout RequestHead) -> Refusal? {
        for index in range
        where bytes[index] <= 0x20 || bytes[index] >= 0x7F || bytes[index] == 0x23 {
            return .malformed("the target holds a byte that has to be percent-encoded")
        }
        head.pathStart = range.lowerBound
        head.pathEnd = range.upperBound
        if bytes[range.lowerBound] != UInt8(ascii: "/"), let refusal = other(&head) {
            return refusal
        }
        for index in head.pathStart..<range.upperBound where bytes[index] == UInt8(ascii: "?") {
            head.pathEnd = index
            break
        }
        return nil
    }

    /// "*", or an absolute URL, whose authority counts instead of the Host field.
    private func other(_ head: inout RequestHead) -> Refusal? {
        if range.count == 1, bytes[range.lowerBound] == UInt8(ascii: "*"), head.method == .options {
            return nil
        }
        guard let schemeEnd = schemeEnd else {
            return .malformed("the target begins with a slash")
        }
        var end = schemeEnd
        while end < range.upperBound, bytes[end] != UInt8(ascii: "/"),
            bytes[end] != UInt8(ascii: "?")
        {
            end += 1
        }
        guard Authority.isValid(bytes[schemeEnd..<end]) else {
            return .malformed("the target's host is a name or an address, and a port")
        }
        head.authority = schemeEnd..<end
        head.pathStart = end
        return nil
    }

    private var schemeEnd: Int? {
        for scheme: StaticString in ["http://", "https://"] {
            let end = range.lowerBound + scheme.utf8CodeUnitCount
            guard end <= range.upperBound else { continue }
            let start = UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound..<end])
            if start.equalsIgnoringCase(scheme) { return end }
        }
        return nil
    }
}

/// A host and perhaps a port (RFC 3986 section 3.2), without a user.
enum Authority {
    static func isValid(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return false }
        if first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), end > bytes.startIndex + 2
            else {
                return false
            }
            return bytes[(bytes.startIndex + 1)..<end].allSatisfy(isAddressByte)
                && isPort(bytes[(end + 1)...])
        }
        let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
        return end > bytes.startIndex && bytes[..<end].allSatisfy(isNameByte)
            && isPort(bytes[end...])
    }

    private static func isPort(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard let first = bytes.first else { return true }
        let digits = bytes.dropFirst()
        guard first == UInt8(ascii: ":"), digits.count <= 5, digits.allSatisfy(\.isDigit) else {
            return false
        }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } <= 65535
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || Hexadecimal.value(byte) != nil
    }

    /// Letters, digits and "-._~%", and the marks that RFC 3986 allows but for the comma, which
    /// would make two hosts look like one.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        if byte.isLetter || byte.isDigit { return true }
        switch byte {
        case 0x21, 0x24...0x2B, 0x2D, 0x2E, 0x3B, 0x3D, 0x5F, 0x7E: return true
        default: return false
        }
    }
}
