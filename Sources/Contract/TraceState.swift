/// The header `tracestate` of W3C Trace Context: what other systems wrote into a trace.
///
/// It is carried on and not looked into, but only where it keeps the grammar; one bad member
/// spoils the list, for nobody can tell what else in it is meant otherwise.
package enum TraceState {
    /// The most members that W3C allows; a list of more is not carried on at all.
    package static let membersMax = 32
    /// What W3C asks to be carried at least, and what is carried here at most.
    package static let bytesMax = 512

    /// One line for all the lines of a request, in order; nil where there is nothing to carry on.
    package static func carried(_ lines: some Sequence<String>) -> String? {
        var members: [String] = []
        for line in lines {
            for part in Substring(line).utf8.split(separator: UInt8(ascii: ",")) {
                let member = trimmed(part)
                if member.isEmpty { continue }
                guard isMember(member), members.count < membersMax else { return nil }
                members.append(String(Substring(member)))
            }
        }
        cut(&members)
        return members.isEmpty ? nil : members.joined(separator: ",")
    }

    /// Leaves long members out first, then the last ones, which are the oldest.
    private static func cut(_ members: inout [String]) {
        var bytes = members.reduce(members.count - 1) { $0 + $1.utf8.count }
        while bytes > bytesMax {
            let place = members.lastIndex { $0.utf8.count > 128 } ?? members.count - 1
            bytes -= members.remove(at: place).utf8.count + 1
        }
    }

    /// A list may have blanks around its commas; those at the end of a value are not part of it.
    private static func trimmed(_ part: Substring.UTF8View) -> Substring.UTF8View {
        var part = part
        while let first = part.first, first == 0x20 || first == 0x09 { part.removeFirst() }
        while let last = part.last, last == 0x20 || last == 0x09 { part.removeLast() }
        return part
    }

    private static func isMember(_ member: Substring.UTF8View) -> Bool {
        guard let equals = member.firstIndex(of: UInt8(ascii: "=")) else { return false }
        let value = member[member.index(after: equals)...]
        return isKey(member[..<equals]) && (1...256).contains(value.count)
            && value.allSatisfy { (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "=") }
    }

    /// Small letters, digits and `_-*/@`, the first one a letter or a digit (level 2 of the
    /// recommendation puts no other order on them).
    private static func isKey(_ key: Substring.UTF8View) -> Bool {
        guard let first = key.first, isLetterOrDigit(first), key.count <= 256 else { return false }
        return key.allSatisfy { isLetterOrDigit($0) || "_-*/@".utf8.contains($0) }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
