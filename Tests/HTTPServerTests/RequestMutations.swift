/// Requests as clients send them, and as those who look for a gap do: made from a seed.
struct RequestMutations {
    private var chance: Chance

    init(seed: UInt64) { chance = Chance(seed: seed) }

    private static let methods = [
        "GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "M-SEARCH",
    ]
    private static let targets = [
        "/", "/a/b?c=d", "/%20", "*", "http://x.test/a", "/a//b", "/?", "/a;b=c", "/~x", "x", "",
    ]
    private static let versions = ["1.1", "1.1", "1.1", "1.1", "1.0", "1.2", "2.0", "0.9"]
    private static let lines = [
        "Content-Length: 3", "Content-Length: 0", "Content-Length: 03", "Content-Length: +3",
        "Content-Length: 3, 3", "Content-Length: 0x3", "Content-Length : 3", "Content-Length:3 ",
        "Content-Length: 99999999999999999999", "Content-Length:",
        "Transfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: identity", "Transfer-Encoding: xchunked", "Transfer-Encoding:\tchunked",
        "Transfer_Encoding: chunked", "Transfer-Encoding : chunked", "transfer-encoding: CHUNKED",
        "Transfer-Encoding: \"chunked\"", "Transfer-Encoding:\u{B}chunked", "TE: trailers",
        "Connection: keep-alive", "Connection: close", "Connection: upgrade, x", "Upgrade: x",
        "Expect: 100-continue", "Host: y.test", "Host: ", "Accept: */*", "X: a b\tc",
        " folded", "\tfolded", ": no-name", "no-colon", "X(: y", "X: \u{7F}", "X: é", "X:",
    ]
    private static let bytes =
        Array("\r\n \t:;,0123456789aAfFgG/_-\"\\(\0\u{7F}\u{B}".utf8) + [0x80, 0xFF]

    /// One to three requests on one connection, two thirds of them with something changed.
    mutating func next() -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0...pick(3) { bytes += Array(request().utf8) }
        guard pick(3) > 0 else { return bytes }
        for _ in 0...pick(2) * pick(2) where !bytes.isEmpty { mutate(&bytes) }
        return bytes
    }

    private mutating func pick(_ count: Int) -> Int { Int(chance.next() % UInt64(count)) }

    private mutating func one<Value>(_ values: [Value]) -> Value { values[pick(values.count)] }

    private mutating func request() -> String {
        let method = pick(4) > 0 ? Self.methods[pick(2)] : one(Self.methods)
        let target = pick(8) > 0 ? "/p\(pick(10))" : one(Self.targets)
        let version = pick(16) > 0 ? "1.1" : one(Self.versions)
        var lines = ["Host: x.test"]
        for _ in 0..<pick(3) where pick(4) == 0 {
            lines.insert(one(Self.lines), at: pick(lines.count + 1))
        }
        var body = ""
        switch pick(4) {
        case 0:
            body = String("abcdefgh".prefix(pick(9)))
            lines.append("Content-Length: \(body.count)")
        case 1:
            body = chunks()
            lines.append("Transfer-Encoding: chunked")
        default: break
        }
        return "\(method) \(target) HTTP/\(version)\r\n" + lines.joined(separator: "\r\n")
            + "\r\n\r\n" + body
    }

    private mutating func chunks() -> String {
        var text = ""
        for _ in 0..<pick(3) {
            let piece = String("0123456789abcdefghi".prefix(1 + pick(18)))
            let size =
                pick(4) > 0
                ? String(piece.count, radix: 16)
                : "0" + String(piece.count, radix: 16, uppercase: true)
            text +=
                size + one(["", "", "", ";a", ";a=b", ";a=\"b;c\"", " ", ";", " ;a"])
                + "\r\n\(piece)\r\n"
        }
        return text + "0\r\n" + one(["", "", "", "X: y\r\n", "Content-Length: 5\r\n"]) + "\r\n"
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = pick(bytes.count)
        switch pick(6) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(one(Self.bytes), at: place)
        case 2: bytes[place] = one(Self.bytes)
        case 3: insertLine(&bytes, Array((one(Self.lines) + "\r\n").utf8), near: place)
        case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + pick(4)))
        default: insertLine(&bytes, line(of: bytes, at: place), near: pick(bytes.count))
        }
    }

    private func line(of bytes: [UInt8], at place: Int) -> [UInt8] {
        let start = bytes[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
        let end = bytes[place...].firstIndex(of: 10) ?? bytes.count - 1
        return Array(bytes[start...max(start, end)])
    }

    private func insertLine(_ bytes: inout [UInt8], _ line: [UInt8], near place: Int) {
        let start = bytes[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
        bytes.insert(contentsOf: line, at: start)
    }
}
