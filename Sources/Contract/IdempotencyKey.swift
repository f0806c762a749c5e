/// What the header `Idempotency-Key` says.
///
/// The IETF draft has it in quotes, as a string of RFC 9651; most clients send it bare. Both are
/// the same key, and so it is kept without the quotes.
package enum IdempotencyKey {
    /// The longest key, without its quotes and escapes.
    package static let bytesMax = 255

    /// The key in a header's value.
    package static func read(_ value: some StringProtocol) throws(IdempotencyKeyError) -> String {
        let trimmed = Array(value.utf8).trimmingBlanks()
        let key = trimmed.first == UInt8(ascii: "\"") ? try unquoted(trimmed) : Array(trimmed)
        return try checked(key)
    }

    /// A key that a program gives as it is, in a member or an argument.
    package static func check(_ key: String) throws(IdempotencyKeyError) {
        _ = try checked(Array(key.utf8))
    }

    private static func checked(_ key: [UInt8]) throws(IdempotencyKeyError) -> String {
        guard !key.isEmpty else { throw .empty }
        if let place = key.firstIndex(where: { !(0x21...0x7E).contains($0) }) {
            throw .invisible(place: place + 1)
        }
        guard key.count <= bytesMax else { throw .long(found: key.count, max: bytesMax) }
        return String(decoding: key, as: UTF8.self)
    }

    /// The string of a structured field; parameters after it mean nothing here.
    private static func unquoted(_ item: ArraySlice<UInt8>) throws(IdempotencyKeyError) -> [UInt8] {
        var key: [UInt8] = []
        var rest = item.dropFirst()
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\"") {
                guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { throw .quotes }
                return key
            }
            guard byte == UInt8(ascii: "\\") else {
                key.append(byte)
                continue
            }
            guard let escaped = rest.popFirst(), escaped == 0x22 || escaped == 0x5C else {
                throw .quotes
            }
            key.append(escaped)
        }
        throw .quotes
    }
}

/// Why a value is no idempotency key. The key itself is not shown: it may be a secret.
package enum IdempotencyKeyError: Error, Equatable, CustomStringConvertible {
    case empty
    case long(found: Int, max: Int)
    /// A byte that is no visible ASCII character; the place is counted from 1.
    case invisible(place: Int)
    case quotes
    /// Two of them mean nothing.
    case several

    package var description: String {
        let flaw =
            switch self {
            case .empty: "is empty"
            case .long(let found, let max): "has \(found) bytes where \(max) are the most"
            case .invisible(let place): "has a blank or a character beyond ASCII at place \(place)"
            case .several: "is there more than once"
            case .quotes: "begins with '\"' and does not end as a text in quotes"
            }
        return "the idempotency key \(flaw); expected 1 to 255 visible ASCII characters, "
            + "in quotes or bare; a UUID is a good one"
    }
}

extension [UInt8] {
    fileprivate func trimmingBlanks() -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = firstIndex(where: { !isBlank($0) }),
            let last = lastIndex(where: { !isBlank($0) })
        else { return [] }
        return self[first...last]
    }
}
