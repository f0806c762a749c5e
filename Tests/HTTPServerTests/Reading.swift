@testable import HTTPServer

/// What a parser makes of some bytes.
struct Reading: CustomStringConvertible {
    var heads = 0
    var targets: [String] = []
    var bodies: [String] = []
    var refusal: Refusal?

    init(whole text: String) { self.init(whole: Array(text.utf8)) }
    init(byByte text: String) { self.init(byByte: Array(text.utf8)) }
    init(whole bytes: [UInt8], limits: HTTPLimits = .init()) { self.init([bytes], limits) }
    init(byByte bytes: [UInt8]) { self.init(bytes.map { [$0] }, .init()) }

    init(_ pieces: [[UInt8]], _ limits: HTTPLimits) {
        let table = LLHTTPTable()
        let parser = RequestParser(table: table, limits: limits)
        var body: [UInt8] = []
        for piece in pieces {
            piece.withUnsafeBytes { bytes in
                var rest = bytes
                reading: while true {
                    switch parser.next(&rest) {
                    case .needsMore: break reading
                    case .head:
                        heads += 1
                        targets.append(parser.head.target)
                    case .body(let bytes): body += bytes
                    case .complete:
                        bodies.append(String(decoding: body, as: UTF8.self))
                        body = []
                    case .refused(let why): refusal = why
                    }
                }
            }
        }
        withExtendedLifetime(table) {}
    }

    var description: String {
        "\(targets) \(bodies) \(refusal.map { "\($0.status) \($0.detail)" } ?? "")"
    }
}
