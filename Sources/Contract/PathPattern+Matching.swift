extension PathPattern {
    /// What a path means to a pattern.
    package enum Match: Sendable, Equatable {
        /// The captures by name, in order, their escapes undone.
        case parameters([RequestData.Field])
        /// A capture has an escape that is none, or is not UTF-8 when undone.
        case malformed
    }

    /// Nil where the pattern does not take the path; a query after '?' is left out of account.
    package func match(_ path: UnsafeRawBufferPointer) -> Match? {
        let path = path.withoutQuery
        guard path.first == UInt8(ascii: "/") else { return nil }
        if path.count == 1, parts.isEmpty { return .parameters([]) }
        var fields: [RequestData.Field] = []
        var isMalformed = false
        var slash = 0
        for part in parts {
            guard slash < path.count else { return nil }
            let start = slash + 1
            let end = if case .rest = part { path.count } else { path.endOfSegment(from: start) }
            let segment = UnsafeRawBufferPointer(rebasing: path[start..<end])
            switch part {
            case .literal(let literal): guard segment.percentDecodesTo(literal) else { return nil }
            case .capture where segment.isEmpty: return nil
            case .capture(let name), .rest(let name):
                let value = segment.percentDecodedText()
                isMalformed = isMalformed || value == nil
                fields.append(RequestData.Field(name, value ?? ""))
            }
            slash = end
        }
        guard slash == path.count else { return nil }
        return isMalformed ? .malformed : .parameters(fields)
    }

    /// The same for a text.
    package func match(_ path: String) -> Match? {
        var path = path
        return path.withUTF8 { match(UnsafeRawBufferPointer($0)) }
    }
}

extension UnsafeRawBufferPointer {
    /// All before the '?' of a request's target.
    var withoutQuery: UnsafeRawBufferPointer {
        guard let mark = firstIndex(of: UInt8(ascii: "?")) else { return self }
        return UnsafeRawBufferPointer(rebasing: self[..<mark])
    }

    /// The next slash, or the end.
    func endOfSegment(from start: Int) -> Int {
        var place = start
        while place < count, self[place] != UInt8(ascii: "/") { place += 1 }
        return place
    }

    /// The bytes with `%41` undone; nil where two hexadecimal digits are missing after a '%'.
    func percentDecoded() -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        var place = 0
        while place < count {
            guard self[place] == UInt8(ascii: "%") else {
                result.append(self[place])
                place += 1
                continue
            }
            guard place + 2 < count, let high = self[place + 1].hexadecimalValue,
                let low = self[place + 2].hexadecimalValue
            else { return nil }
            result.append(high << 4 | low)
            place += 3
        }
        return result
    }

    fileprivate func percentDecodedText() -> String? {
        guard contains(UInt8(ascii: "%")) else { return String(validating: self, as: UTF8.self) }
        return percentDecoded().flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// Compares without a copy where there is no escape.
    func percentDecodesTo(_ literal: some Collection<UInt8>) -> Bool {
        guard contains(UInt8(ascii: "%")) else {
            return count == literal.count && elementsEqual(literal)
        }
        return percentDecoded().map { $0.elementsEqual(literal) } ?? false
    }
}
