import Contract
import Logging

/// One fact that the host or a handler tells, on its way to standard error.
struct LogLine: Sendable, Equatable {
    var time: Instant
    var level: Logger.Level
    var message: String
    /// What else there is to say, by name.
    var fields: [String: String]

    /// The fields that stand first, in this order, because people look for them.
    private static let leading = ["function", "event", "invocation", "attempt", "trace", "tenant"]
    /// What one message or one value may weigh; what is longer is cut.
    static let textBytesMax = 16 << 10

    init(time: Instant, level: Logger.Level, message: String, fields: [String: String]) {
        self.time = time
        self.level = level
        self.message = message.cut(toBytes: Self.textBytesMax)
        self.fields = fields.mapValues { $0.cut(toBytes: Self.textBytesMax) }
    }

    /// What it weighs in the ring, about.
    var byteCount: Int {
        fields.reduce(128 + message.utf8.count) {
            $0 + 64 + $1.key.utf8.count + $1.value.utf8.count
        }
    }

    /// The line as a JSON object, for programs.
    func appendJSON(to bytes: inout [UInt8]) {
        var writer = JSONWriter(reservingBytes: byteCount)
        writer.object { writer in
            writer.member("time", time)
            writer.member("level", level.rawValue)
            writer.member("message", message)
            for (name, value) in orderedFields {
                // A name that the line itself uses would stand twice in the object.
                let isTaken = name == "time" || name == "level" || name == "message"
                if name == "attempt", let number = Int(value) {
                    writer.member(name, number)
                } else {
                    writer.member(isTaken ? "metadata.\(name)" : name, value)
                }
            }
        }
        bytes += writer.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The line as aligned text, for people at a terminal: `09:30:00.000Z info     message  name=value`.
    func appendText(to bytes: inout [UInt8]) {
        bytes += time.rfc3339.utf8.dropFirst(11)
        bytes.append(UInt8(ascii: " "))
        bytes.append(padded: level.rawValue, toBytes: 9)
        let fields = orderedFields
        bytes.append(padded: message.printable, toBytes: fields.isEmpty ? 0 : 40)
        for (name, value) in fields {
            let text = value.printable
            let isQuoted = text.isEmpty || text.contains(" ")
            bytes +=
                (isQuoted ? "  \(name.printable)=\"\(text)\"" : "  \(name.printable)=\(text)").utf8
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    private var orderedFields: [(name: String, value: String)] {
        guard !fields.isEmpty else { return [] }
        let first = Self.leading.compactMap { name in fields[name].map { (name, $0) } }
        let others = fields.filter { !Self.leading.contains($0.key) }.sorted { $0.key < $1.key }
        return first + others.map { ($0.key, $0.value) }
    }
}

extension [UInt8] {
    fileprivate mutating func append(padded text: String, toBytes width: Int) {
        self += text.utf8
        let missing = width - text.utf8.count
        if missing > 0 { append(contentsOf: repeatElement(UInt8(ascii: " "), count: missing)) }
    }
}

extension String {
    /// Without control characters, by which a stranger's text could move a terminal's cursor or
    /// feign a second line.
    fileprivate var printable: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            return self
        }
        return unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control
                ? scalar.escaped(asASCII: true) : String(Character(scalar))
        }.joined()
    }

    fileprivate func cut(toBytes max: Int) -> String {
        guard utf8.count > max else { return self }
        var end = utf8.index(startIndex, offsetBy: max)
        while String.Index(end, within: self) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}
