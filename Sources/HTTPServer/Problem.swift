/// An error as its caller sees it: problem+json, RFC 9457.
package struct Problem: Sendable, Equatable {
    /// What an extension member can hold.
    package enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
        case truth(Bool)
        case texts([String])
    }

    /// A URI that names the kind of problem; "about:blank" says no more than the status.
    package var type = "about:blank"
    /// The kind of problem in words; by default the status's own phrase.
    package var title: String
    /// The status that it is sent with.
    package var status: Int
    /// What failed, what was found, what was expected, what to do.
    package var detail: String?
    /// Further members, in the order in which they are written.
    package var members: [(name: String, value: Value)] = []

    /// The status alone says enough where nothing else is given.
    package init(
        status: Int, type: String = "about:blank", title: String? = nil, detail: String? = nil,
        members: [(name: String, value: Value)] = []
    ) {
        self.status = status
        self.type = type
        self.title = title ?? StatusLine.phrase(status)
        self.detail = detail
        self.members = members
    }

    /// The document as UTF-8.
    package var json: [UInt8] {
        var text = JSONWriter()
        text.member("type", .text(type))
        text.member("title", .text(title))
        text.member("status", .number(status))
        if let detail { text.member("detail", .text(detail)) }
        for member in members { text.member(member.name, member.value) }
        return text.closed()
    }

    package static func == (one: Problem, other: Problem) -> Bool { one.json == other.json }
}

/// Writes one flat JSON object.
private struct JSONWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    mutating func member(_ name: String, _ value: Problem.Value) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        text(name)
        bytes.append(UInt8(ascii: ":"))
        self.value(value)
    }

    consuming func closed() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private mutating func value(_ value: Problem.Value) {
        switch value {
        case .text(let content): text(content)
        case .number(let number): bytes.append(contentsOf: String(number).utf8)
        case .truth(let truth): bytes.append(contentsOf: (truth ? "true" : "false").utf8)
        case .texts(let contents):
            bytes.append(UInt8(ascii: "["))
            for (index, content) in contents.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                text(content)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    private mutating func text(_ content: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in content.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7F:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(Hexadecimal.digit(byte >> 4))
                bytes.append(Hexadecimal.digit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
