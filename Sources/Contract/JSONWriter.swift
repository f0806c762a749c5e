/// Writes a JSON text, and puts the commas in.
///
/// Whether a comma is due is seen from the last byte: after '{', '[' and ':' none is.
package struct JSONWriter {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// Grows past the bytes that are reserved, as far as it has to.
    package init(reservingBytes: Int = 256) { bytes.reserveCapacity(reservingBytes) }

    /// Writes an object; `content` writes its members.
    package mutating func object(_ content: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "{"))
        try content(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    /// Writes an array; `content` writes its elements.
    package mutating func array(_ content: (inout JSONWriter) throws -> Void) rethrows {
        separate()
        bytes.append(UInt8(ascii: "["))
        try content(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// Writes a value: an element of an array, or the whole text.
    package mutating func value(_ value: some JSONWritable) {
        separate()
        value.append(asJSONTo: &bytes)
    }

    /// Writes bytes that are a JSON text already.
    package mutating func value(raw json: some Collection<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// Writes a member of the object that is open. That a name comes once is the caller's duty.
    package mutating func member(_ name: String, _ value: some JSONWritable) {
        key(name)
        value.append(asJSONTo: &bytes)
    }

    /// Writes a member whose value is a JSON text already.
    package mutating func member(_ name: String, raw json: some Collection<UInt8>) {
        key(name)
        bytes.append(contentsOf: json)
    }

    /// Writes a member that is an object.
    package mutating func object(
        _ name: String, _ content: (inout JSONWriter) throws -> Void
    ) rethrows {
        key(name)
        try object(content)
    }

    /// Writes a member that is an array.
    package mutating func array(
        _ name: String, _ content: (inout JSONWriter) throws -> Void
    ) rethrows {
        key(name)
        try array(content)
    }

    private mutating func key(_ name: String) {
        separate()
        bytes.append(jsonText: name)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func separate() {
        switch bytes.last {
        case nil, UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: ":"): break
        default: bytes.append(UInt8(ascii: ","))
        }
    }
}

/// What has a JSON form of its own.
package protocol JSONWritable {
    func append(asJSONTo bytes: inout [UInt8])
}

extension String: JSONWritable {
    /// In quotes, with its escapes.
    package func append(asJSONTo bytes: inout [UInt8]) { bytes.append(jsonText: self) }
}

extension Bool: JSONWritable {
    /// As `true` or `false`.
    package func append(asJSONTo bytes: inout [UInt8]) {
        bytes.append(contentsOf: (self ? "true" : "false").utf8)
    }
}

extension Int: JSONWritable {
    /// In decimal, without fraction or exponent.
    package func append(asJSONTo bytes: inout [UInt8]) { bytes.append(decimal: Int64(self)) }
}

extension Int64: JSONWritable {
    /// In decimal, without fraction or exponent; readers that keep doubles lose digits beyond 2^53.
    package func append(asJSONTo bytes: inout [UInt8]) { bytes.append(decimal: self) }
}

extension Double: JSONWritable {
    /// A whole number has no fraction here; what is no number becomes null.
    package func append(asJSONTo bytes: inout [UInt8]) {
        if let whole, whole.magnitude <= 1 << 53 {
            bytes.append(decimal: whole)
        } else {
            bytes.append(contentsOf: (isFinite ? description : "null").utf8)
        }
    }
}

extension Double {
    /// The same as an integer, or nil where it is none or does not fit.
    ///
    /// Not `Int64(exactly:)`, which needs the C library's mathematics at the link.
    var whole: Int64? {
        guard magnitude < 0x1p63 else { return nil }
        let integer = Int64(self)
        return Double(integer) == self ? integer : nil
    }
}

extension Instant: JSONWritable {
    /// RFC 3339, in quotes.
    package func append(asJSONTo bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension EventID: JSONWritable {
    /// The usual text of a UUID, in quotes.
    package func append(asJSONTo bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        append(to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }
}

extension Optional: JSONWritable where Wrapped: JSONWritable {
    /// Nil becomes null.
    package func append(asJSONTo bytes: inout [UInt8]) {
        if let value = self {
            value.append(asJSONTo: &bytes)
        } else {
            bytes.append(contentsOf: "null".utf8)
        }
    }
}

extension [UInt8] {
    /// Appends a text in quotes, with the escapes that JSON demands and no others.
    package mutating func append(jsonText text: String) {
        var text = text
        append(UInt8(ascii: "\""))
        text.withUTF8 { utf8 in
            if utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
                append(contentsOf: utf8)
            } else {
                for byte in utf8 { append(escaping: byte) }
            }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            append(UInt8(ascii: "\\"))
            append(byte)
        case 0x0A: append(contentsOf: "\\n".utf8)
        case 0x0D: append(contentsOf: "\\r".utf8)
        case 0x09: append(contentsOf: "\\t".utf8)
        case ..<0x20:
            append(contentsOf: "\\u00".utf8)
            append(UInt8(ascii: "0") + byte >> 4)
            append(byte & 0xF < 10 ? 48 + byte & 0xF : 87 + byte & 0xF)
        default: append(byte)
        }
    }

    /// Appends a whole number in decimal.
    package mutating func append(decimal number: Int64) {
        if number < 0 { append(UInt8(ascii: "-")) }
        let start = count
        var rest = number.magnitude
        repeat {
            append(UInt8(48 + rest % 10))
            rest /= 10
        } while rest > 0
        self[start...].reverse()
    }
}
