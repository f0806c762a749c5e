extension RequestHead {
    /// The target as it was sent: path and query, "*", or an absolute URL.
    package var target: String { text(targetStart..<targetEnd) }

    /// The target's bytes as they were sent.
    package var targetBytes: ArraySlice<UInt8> { bytes[targetStart..<targetEnd] }

    /// The path as it was sent, percent-encoded; "*" for a request that names no resource.
    package var path: String { String(decoding: pathBytes, as: UTF8.self) }

    /// The path's bytes, percent-encoded; split them at "/" before they are decoded.
    package var pathBytes: ArraySlice<UInt8> {
        // because an absolute URL may leave its path out
        pathStart == pathEnd ? [UInt8(ascii: "/")] : bytes[pathStart..<pathEnd]
    }

    /// The query without its "?", percent-encoded; nil where there is no "?".
    package var query: String? { queryRange.map(text) }

    /// The query's bytes without the "?".
    package var queryBytes: ArraySlice<UInt8>? { queryRange.map { bytes[$0] } }

    /// The host and port that the client asked: of an absolute target, else of the Host field.
    package var host: String { text(authority) }

    /// The bytes of `host`; empty where none was named.
    package var hostBytes: ArraySlice<UInt8> { bytes[authority] }

    /// All query items, decoded, in order; what can't be decoded is left as it was sent.
    ///
    /// An item without "=" has the empty value; "+" is a space, as forms send it.
    package var queryItems: [(name: String, value: String)] {
        guard let query = queryBytes else { return [] }
        return query.split(separator: UInt8(ascii: "&")).map { item in
            let split = item.firstIndex(of: UInt8(ascii: "=")) ?? item.endIndex
            return (form(item[..<split]), form(item[split...].dropFirst()))
        }
    }

    private var queryRange: Range<Int>? {
        pathEnd < targetEnd ? pathEnd + 1..<targetEnd : nil
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func form(_ item: ArraySlice<UInt8>) -> String {
        PercentCoding.decode(item, plusIsSpace: true) ?? String(decoding: item, as: UTF8.self)
    }
}

/// Percent-encoding, RFC 3986.
package enum PercentCoding {
    /// The text that `bytes` stand for; nil for a broken "%", and for what is no UTF-8 in the end.
    package static func decode(_ bytes: ArraySlice<UInt8>, plusIsSpace: Bool = false) -> String? {
        guard bytes.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(validating: bytes, as: UTF8.self)
        }
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.endIndex, let high = Hexadecimal.value(bytes[index + 1]),
                    let low = Hexadecimal.value(bytes[index + 2])
                else { return nil }
                plain.append(high << 4 | low)
                index += 3
            case UInt8(ascii: "+") where plusIsSpace:
                plain.append(UInt8(ascii: " "))
                index += 1
            case let byte:
                plain.append(byte)
                index += 1
            }
        }
        return String(validating: plain, as: UTF8.self)
    }
}
