import HTTPTypes

/// The head of the answer as it comes in, line by line.
///
/// A call may have several heads: interim answers and followed redirects; the last one counts.
struct ResponseHead {
    private(set) var fields: HTTPFields = [:]
    private(set) var bytes = 0
    /// True from the empty line on: what comes then are trailers, or the next head.
    private(set) var isComplete = false

    mutating func take(_ line: UnsafeRawBufferPointer) {
        bytes += line.count
        let text = line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        if text.starts(with: "HTTP/".utf8) {
            fields = [:]
            isComplete = false
        } else if text.isEmpty {
            isComplete = true
        } else if !isComplete {
            add(text)
        }
    }

    private mutating func add(_ text: Slice<UnsafeRawBufferPointer>) {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
        let name = String(decoding: text[..<colon], as: UTF8.self)
        guard let name = HTTPField.Name(name) else { return }
        let value = text[(colon + 1)...]
        fields.append(HTTPField(name: name, value: String(decoding: value, as: UTF8.self)))
    }
}
