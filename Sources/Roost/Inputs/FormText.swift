/// Names and values as a query carries them: `state=open&name=a%20b`.
enum FormText {
    /// Of a name that is there twice the first counts; one without a value has an empty one.
    static func pairs(of text: some StringProtocol) -> [String: String] {
        var pairs: [String: String] = [:]
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let halves = part.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            let name = decoded(halves[0])
            if pairs[name] != nil { continue }
            pairs[name] = halves.count > 1 ? decoded(halves[1]) : ""
        }
        return pairs
    }

    /// A `+` is a space; a `%` that no two digits follow stands for itself.
    private static func decoded(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        var plain: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "%"), place + 2 < bytes.count,
                let high = bytes[place + 1].hexadecimalValue,
                let low = bytes[place + 2].hexadecimalValue
            {
                plain.append(high << 4 | low)
                place += 3
            } else {
                plain.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                place += 1
            }
        }
        return String(decoding: plain, as: UTF8.self)
    }
}
