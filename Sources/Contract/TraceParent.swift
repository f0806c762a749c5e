/// Where an event stands in a distributed trace: the fields of W3C Trace Context's `traceparent`.
public struct TraceParent: Sendable, Hashable, CustomStringConvertible {
    /// The first eight bytes of `trace-id`.
    package let traceHigh: UInt64
    /// The last eight bytes of `trace-id`.
    package let traceLow: UInt64
    /// `parent-id`: the step of the trace that this one came from.
    package let parent: UInt64
    /// `trace-flags`, of which sampled (1) and random (2) are kept.
    package let flags: UInt8

    /// Flags that level 2 does not know are cleared.
    package init(traceHigh: UInt64, traceLow: UInt64, parent: UInt64, flags: UInt8) {
        self.traceHigh = traceHigh
        self.traceLow = traceLow
        self.parent = parent
        self.flags = flags & 0b11
    }

    /// The trace that begins with `event`: its identifier's bits, sampled.
    package init(startingAt event: EventID) {
        self.init(traceHigh: event.high, traceLow: event.low, parent: event.low, flags: 1)
    }

    /// The same trace, one step on.
    package func continued(by step: EventID) -> TraceParent {
        TraceParent(
            traceHigh: traceHigh, traceLow: traceLow, parent: step.low ^ step.high, flags: flags)
    }

    /// Reads a header's value; nil where W3C Trace Context (level 2) says to start anew.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 55, bytes[2] == 45, bytes[35] == 45, bytes[52] == 45 else {
            return nil
        }
        func number(_ range: Range<Int>) -> UInt64? {
            var value: UInt64 = 0
            for byte in bytes[range] {
                guard let digit = byte.hexadecimalValue, !(65...70).contains(byte) else {
                    return nil
                }
                value = value << 4 | UInt64(digit)
            }
            return value
        }
        guard let version = number(0..<2), let high = number(3..<19), let low = number(19..<35),
            let parent = number(36..<52), let flags = number(53..<55)
        else { return nil }
        let endsRight = version == 0 ? bytes.count == 55 : bytes.count == 55 || bytes[55] == 45
        guard version != 255, endsRight, high | low != 0, parent != 0 else { return nil }
        self.init(traceHigh: high, traceLow: low, parent: parent, flags: UInt8(flags))
    }

    /// The 32 hexadecimal digits of the trace.
    package var traceID: String { Self.hexadecimal(traceHigh) + Self.hexadecimal(traceLow) }

    /// The header's value, in version 00.
    public var description: String {
        "00-\(traceID)-\(Self.hexadecimal(parent))-0\(flags)"
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
