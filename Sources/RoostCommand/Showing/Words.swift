import Contract

/// Values in the form that people read.
enum Words {
    /// "1,204"
    static func count(_ number: Int64) -> String {
        let digits = Array(String(number.magnitude))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return number < 0 ? "-\(text)" : text
    }

    /// "1 function", "2 functions"
    static func plural(_ number: Int, _ noun: String) -> String {
        "\(count(Int64(number))) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "12.3 MiB"
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var unit = 0
        var amount = Double(bytes)
        while amount >= 1024, unit < units.count - 1 {
            amount /= 1024
            unit += 1
        }
        let tenths = (amount * 10).rounded() / 10
        return unit == 0 ? "\(bytes) B" : "\(tenths) \(units[unit])"
    }

    /// "2 d 3 h", "4 min 10 s", "250 ms"
    static func duration(seconds: Double) -> String {
        if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
        let whole = Int(seconds.rounded())
        let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)]
        let first = units.firstIndex { whole >= $0.1 } ?? units.count - 1
        let (name, length) = units[first]
        let start = "\(whole / length) \(name)"
        guard first + 1 < units.count else { return start }
        let (nextName, nextLength) = units[first + 1]
        let rest = whole % length / nextLength
        return rest == 0 ? start : "\(start) \(rest) \(nextName)"
    }

    /// Text from outside for a row: line ends would break it, and controls steer the terminal.
    static func onOneLine(_ text: String) -> String { withoutControls(text, but: []) }

    /// Text from outside for a terminal: its lines, and nothing that steers.
    static func onLines(_ text: String) -> String { withoutControls(text, but: ["\n", "\t"]) }

    private static func withoutControls(_ text: String, but kept: [Unicode.Scalar]) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                    return isControl && !kept.contains(scalar) ? " " : scalar
                }))
    }

    /// "2026-11-23 09:30:00" of an RFC 3339 text in UTC.
    static func time(_ text: String?) -> String? {
        text.map { String($0.prefix(19).map { $0 == "T" ? " " : $0 }) }
    }
}

extension JSONValue {
    /// A member's text.
    func text(_ name: String) -> String? { self[name]?.text }

    /// A member's whole number.
    func integer(_ name: String) -> Int64? { self[name]?.integer }

    /// A member's whole number as people read it.
    func count(_ name: String) -> String? { integer(name).map(Words.count) }
}
