/// A TZif file (RFC 9636) made by hand, right or wrong.
struct TZif {
    var version = UInt8(ascii: "2")
    var changes: [(time: Int64, offset: UInt8)] = []
    var offsets: [Int32] = [0]
    var leapSeconds: UInt32 = 0
    var footer = ""

    var bytes: [UInt8] {
        guard version != 0 else { return block(timeBytes: 4) }
        return block(timeBytes: 4) + block(timeBytes: 8) + Array("\n\(footer)\n".utf8)
    }

    private func block(timeBytes: Int) -> [UInt8] {
        let counts = [0, 0, leapSeconds, UInt32(changes.count), UInt32(offsets.count), 4]
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in counts { bytes += bigEndian(Int64(count), bytes: 4) }
        for change in changes { bytes += bigEndian(change.time, bytes: timeBytes) }
        bytes += changes.map(\.offset)
        for offset in offsets { bytes += bigEndian(Int64(offset), bytes: 4) + [0, 0] }
        bytes += Array("LMT\0".utf8)
        return bytes + [UInt8](repeating: 0, count: Int(leapSeconds) * (timeBytes + 4))
    }

    private func bigEndian(_ number: Int64, bytes: Int) -> [UInt8] {
        (0..<bytes).reversed().map { UInt8(truncatingIfNeeded: number >> Int64(8 * $0)) }
    }
}
