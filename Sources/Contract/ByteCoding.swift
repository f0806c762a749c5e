/// What a frame from the other side lacks or has too much of.
package enum FrameError: Error, Equatable, CustomStringConvertible {
    case oversize(found: Int, max: Int)
    case unknownKind(UInt8)
    case truncated(what: String)
    case malformed(what: String)

    package var description: String {
        switch self {
        case .oversize(let found, let max): "a frame of \(found) bytes, where \(max) is the most"
        case .unknownKind(let kind): "a frame of the unknown kind \(kind)"
        case .truncated(let what): "a frame that ends inside its \(what)"
        case .malformed(let what): "a frame whose \(what) makes no sense"
        }
    }
}

extension [UInt8] {
    /// Appends a number of any size in the least bytes: seven bits each, the lowest first (LEB128).
    package mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// Appends a count, which must not be negative, in the form that `count(_:bytesEach:)` reads.
    package mutating func append(count: Int) { append(number: UInt64(count)) }

    /// Appends a signed number; small ones of either sign are short (zigzag).
    package mutating func append(signed: Int64) {
        append(number: UInt64(bitPattern: signed << 1 ^ signed >> 63))
    }

    /// Appends eight bytes, the lowest first.
    package mutating func append(fixed word: UInt64) {
        Swift.withUnsafeBytes(of: word.littleEndian) { append(contentsOf: $0) }
    }

    /// Appends a text with its length before it.
    package mutating func append(text: String) {
        var text = text
        text.withUTF8 { utf8 in
            append(count: utf8.count)
            append(contentsOf: utf8)
        }
    }

    /// Appends a byte that says whether there is a text, then the text.
    package mutating func append(optional text: String?) {
        append(text == nil ? 0 : 1)
        if let text { append(text: text) }
    }

    /// Appends bytes with their length before them.
    package mutating func append(block: [UInt8]) {
        append(count: block.count)
        append(contentsOf: block)
    }

    /// Appends an identifier's 16 bytes, each half with its lowest byte first.
    package mutating func append(id: EventID) {
        append(fixed: id.high)
        append(fixed: id.low)
    }
}

/// Reads what the other side wrote, and trusts no length that it finds.
package struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0

    /// Reads from `bytes`, which must outlive the reader.
    package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The bytes that are left.
    package var remaining: Int { bytes.count - place }

    /// One byte. Here and in all that follows `what` names the thing in the error: `.truncated`
    /// where the bytes end first, `.malformed` where they can't be such a thing.
    package mutating func byte(_ what: StaticString) throws(FrameError) -> UInt8 {
        guard place < bytes.count else { throw .truncated(what: "\(what)") }
        defer { place += 1 }
        return bytes[place]
    }

    /// A number in LEB128; one of more than 64 bits is malformed.
    package mutating func number(_ what: StaticString) throws(FrameError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte = try byte(what)
            guard shift < 63 || byte <= 1 else { throw .malformed(what: "\(what)") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// A signed number in zigzag.
    package mutating func signed(_ what: StaticString) throws(FrameError) -> Int64 {
        let raw = try number(what)
        return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
    }

    /// A count of things that take at least `bytesEach` each, so that a lie is found before it costs.
    package mutating func count(_ what: StaticString, bytesEach: Int = 1) throws(FrameError) -> Int
    {
        let value = try number(what)
        guard value <= UInt64(remaining / bytesEach) else { throw .truncated(what: "\(what)") }
        return Int(value)
    }

    /// Eight bytes, the lowest first.
    package mutating func fixed(_ what: StaticString) throws(FrameError) -> UInt64 {
        guard remaining >= 8 else { throw .truncated(what: "\(what)") }
        defer { place += 8 }
        return UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// A text with its length before it; bytes that are no UTF-8 are malformed.
    package mutating func text(_ what: StaticString) throws(FrameError) -> String {
        let block = try slice(what)
        // Most texts are ASCII, which needs no second look.
        if block.isASCII { return String(decoding: block, as: UTF8.self) }
        guard let text = String(validating: block, as: UTF8.self) else {
            throw .malformed(what: "\(what)")
        }
        return text
    }

    /// A text, or nil where the byte before it says that there is none.
    package mutating func optionalText(_ what: StaticString) throws(FrameError) -> String? {
        try flag(what) ? text(what) : nil
    }

    /// A byte that is 0 or 1; any other is malformed.
    package mutating func flag(_ what: StaticString) throws(FrameError) -> Bool {
        let value = try byte(what)
        guard value <= 1 else { throw .malformed(what: "\(what)") }
        return value == 1
    }

    /// A copy of bytes with their length before them.
    package mutating func block(_ what: StaticString) throws(FrameError) -> [UInt8] {
        Array(try slice(what))
    }

    /// An identifier; any 16 bytes are one.
    package mutating func id(_ what: StaticString) throws(FrameError) -> EventID {
        let high = try fixed(what)
        return EventID(high: high, low: try fixed(what))
    }

    /// A moment within the years that can be written.
    package mutating func instant(_ what: StaticString) throws(FrameError) -> Instant {
        let instant = Instant(milliseconds: try signed(what))
        guard (.distantPast ... .distantFuture).contains(instant) else {
            throw .malformed(what: "\(what)")
        }
        return instant
    }

    /// Everything that is left.
    package mutating func rest() -> UnsafeRawBufferPointer {
        defer { place = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[place...])
    }

    /// Bytes with their length before them, valid as long as the reader's are.
    package mutating func slice(_ what: StaticString) throws(FrameError) -> UnsafeRawBufferPointer {
        let length = try count(what)
        defer { place += length }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
    }
}

extension UnsafeRawBufferPointer {
    /// True where no byte has its high bit set, so that the bytes are text as they stand.
    package var isASCII: Bool {
        var place = 0
        var seen: UInt64 = 0
        while place + 8 <= count {
            seen |= loadUnaligned(fromByteOffset: place, as: UInt64.self)
            place += 8
        }
        while place < count {
            seen |= UInt64(self[place])
            place += 1
        }
        return seen & 0x8080_8080_8080_8080 == 0
    }
}
