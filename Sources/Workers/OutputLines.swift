/// The line on a worker's standard error that says best why it ended.
package struct EndWords: Sendable, Equatable {
    private var last: String?
    private var reason: String?

    /// Nothing was heard.
    package init() {}

    /// Swift's own words of a trap before what its backtracer adds to them, or else the last line.
    package var line: String? { reason ?? last }

    /// Takes in the next line.
    package mutating func hear(_ line: String) {
        if line.isEmpty { return }
        if line.contains("Fatal error") { reason = line }
        // The backtracer ends with how long it took.
        if !line.hasPrefix("Backtrace took") { last = line }
    }
}

/// Cuts what a worker prints into lines.
package struct OutputLines: Sendable {
    /// A longer line is cut here.
    package static let lineBytesMax = 8 * 1024

    private var kept: [UInt8] = []
    private var isCut = false

    /// Begins in front of a line.
    package init() {}

    /// Hands on each line that is whole, without its end.
    package mutating func take(_ bytes: UnsafeRawBufferPointer, each: (String) -> Void) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            keep(rest[..<end])
            flush(each)
            rest = rest[(end + 1)...]
        }
        keep(rest)
    }

    /// Hands on what has no end yet.
    package mutating func end(each: (String) -> Void) {
        if !kept.isEmpty { flush(each) }
    }

    private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
        let room = Self.lineBytesMax - kept.count
        kept.append(contentsOf: bytes.prefix(room))
        isCut = isCut || bytes.count > room
    }

    private mutating func flush(_ each: (String) -> Void) {
        let text = String(decoding: kept, as: UTF8.self)
        each(isCut ? text + "…" : text)
        kept.removeAll(keepingCapacity: true)
        isCut = false
    }
}
