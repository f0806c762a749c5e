import Contract
import EventLoop
import Glibc

/// The duration that a text such as `30`, `1.5h`, `500ms` or `7d` says; a bare number is seconds.
///
/// Nil for anything else, for what is negative and for more than 100 years.
func duration(of text: String) -> Duration? {
    guard let (number, unit) = numberAndUnit(of: text) else { return nil }
    let factors = ["": 1, "ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let factor = factors[unit] else { return nil }
    let milliseconds = (number * factor * 1000).rounded()
    guard milliseconds <= 100 * 366 * 86_400_000 else { return nil }
    return .milliseconds(Int64(milliseconds))
}

/// The shortest form that says the same: `7d`, `90s`, `1500ms`.
func durationText(_ duration: Duration) -> String {
    let milliseconds = duration.milliseconds
    let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
    ]
    for unit in units where milliseconds > 0 && milliseconds % unit.milliseconds == 0 {
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }
    return milliseconds == 0 ? "0s" : "\(milliseconds)ms"
}

/// The bytes that a text such as `8192`, `8MiB` or `10 GB` says; nil for anything else.
func bytes(of text: String) -> Int? {
    guard let (number, unit) = numberAndUnit(of: text) else { return nil }
    let factors: [String: Double] = [
        "": 1, "b": 1, "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40, "kb": 1e3,
        "mb": 1e6,
        "gb": 1e9, "tb": 1e12,
    ]
    guard let factor = factors[unit.lowercased()] else { return nil }
    return Int(exactly: (number * factor).rounded())
}

/// The largest unit that says the same in whole numbers: `8MiB`, `1000B`.
func sizeText(_ bytes: Int) -> String {
    let units: [(name: String, shift: Int)] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    for unit in units where bytes > 0 && bytes % (1 << unit.shift) == 0 {
        return "\(bytes >> unit.shift)\(unit.name)"
    }
    return "\(bytes)B"
}

private func numberAndUnit(of text: String) -> (number: Double, unit: String)? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "_") }
    guard let first = digits.first, first.isNumber else { return nil }
    guard let number = Double(digits.replacing("_", with: "")) else { return nil }
    return (number, String(text[digits.endIndex...].drop { $0 == " " }))
}

extension SocketAddress {
    /// Reads `127.0.0.1:8080` and `[::1]:8080`; nil where the address is not a numeric one.
    init?(text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits) else {
            return nil
        }
        var host = text[..<colon]
        let isBracketed = host.first == "[" && host.last == "]"
        if isBracketed { host = host.dropFirst().dropLast() }
        if host == "localhost" { host = "127.0.0.1" }
        var bytes = in6_addr()
        let family = isBracketed ? AF_INET6 : AF_INET
        guard inet_pton(family, String(host), &bytes) == 1 else { return nil }
        self.init(host: String(host), port: Int(port))
    }
}
