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
