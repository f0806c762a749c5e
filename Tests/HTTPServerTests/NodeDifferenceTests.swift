import Foundation
import Testing

@testable import HTTPServer

/// The same bytes, read by us and by Node's parser: both have to see the same requests.
///
/// `SEED` and `COUNT` look further than the fixed set does.
@Suite("Requests, beside Node's parser")
struct NodeDifferenceTests {
    /// What Roost refuses and Node may accept, by how the refusal begins, and why.
    private static let strictness: [(refusal: String, why: String)] = [
        ("400 HTTP/1.0 knows no Transfer-Encoding", "RFC 9112, 6.1: its framing is faulty"),
        ("400 Host is a name or an address", "RFC 9112, 3.2: an invalid Host is answered 400"),
        ("400 a request has one Host field", "the same; Node looks for one in its server"),
        (
            "400 one Content-Length or one Transfer-Encoding",
            "who stands before us may take the other"
        ),
        ("400 one space and the protocol version", "llhttp knows HTTP/0.9, which has no version"),
        ("400 one space stands between", "RFC 9112, 3: so does the grammar"),
        (
            "400 the target begins with a slash",
            "a target of OPTIONS or of a proxy is nobody's route"
        ),
        ("417", "RFC 9110, 10.1.1: there is one expectation"),
        ("501", "RFC 9112, 6.1: a coding that is not understood, as gzip below chunked"),
        ("505", "llhttp knows HTTP/0.9 and 2.0, and there is nobody here who does"),
    ]

    /// What Node refuses and Roost accepts: Node's code of the error, and why.
    private static let leniency: [(code: String, why: String)] = [
        ("UPGRADED", "RFC 9110, 7.8: a server may go on as if nobody had asked for an upgrade")
    ]

    @Test("are the same ones, and what only one refuses has a reason")
    func differences() throws {
        guard let node = NodeParser() else {
            return print("no Node is installed: requests are not compared with its parser")
        }
        let seed = Self.number("SEED") ?? 1
        var mutations = RequestMutations(seed: seed)
        let inputs = (0..<(Self.number("COUNT") ?? 5000)).map { _ in mutations.next() }
        let verdicts = try node.read(inputs)

        var comparison = Comparison()
        for (input, verdict) in zip(inputs, verdicts) {
            comparison.add(input, Ours(input), verdict)
        }

        print("beside Node \(node.version), SEED=\(seed): \(comparison)")
        #expect(
            comparison.unexplained.isEmpty,
            """
            \(comparison.unexplained.count) differ without a reason, the first ones:
            \(comparison.unexplained.prefix(8).joined(separator: "\n"))
            """)
    }

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    private struct Ours {
        var requests: [NodeParser.Verdict.Request] = []
        var refusal: String?

        init(_ input: [UInt8]) {
            let table = LLHTTPTable()
            let parser = RequestParser(table: table, limits: HTTPLimits())
            var body = ""
            input.withUnsafeBytes { bytes in
                var rest = bytes
                while true {
                    switch parser.next(&rest) {
                    case .needsMore: return
                    case .head: body = ""
                    case .body(let piece): body += Self.latin1(piece)
                    case .complete:
                        let target = Array(parser.head.target.utf8)
                        requests.append(
                            .init(
                                method: parser.head.method.rawValue,
                                target: target.withUnsafeBytes(Self.latin1), body: body))
                        if !parser.head.keepsAlive { return }
                    case .refused(let why):
                        refusal = Self.reason(why)
                        return
                    }
                }
            }
            withExtendedLifetime(table) {}
        }

        private static func reason(_ refusal: Refusal) -> String {
            guard case .malformed(let why) = refusal else { return "\(refusal.status)" }
            return "400 \(why)"
        }

        private static func latin1(_ bytes: UnsafeRawBufferPointer) -> String {
            String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
        }
    }

    /// What both made of all inputs.
    private struct Comparison: CustomStringConvertible {
        private var inputs = 0
        private var requests = 0
        private var refusedByBoth = 0
        private var reasons: [String: Int] = [:]
        private(set) var unexplained: [String] = []

        mutating func add(_ input: [UInt8], _ ours: Ours, _ node: NodeParser.Verdict) {
            inputs += 1
            requests += ours.requests.count
            let count = min(ours.requests.count, node.requests.count)
            if ours.requests.prefix(count) != node.requests.prefix(count) {
                differs("both accept, and read different requests", isExplained: false, input)
            } else if ours.requests.count > count || ours.refusal == nil && node.error != nil {
                let code = node.error ?? "an end that is none"
                differs(
                    "only Node refuses: \(code)",
                    isExplained: leniency.contains { $0.code == code }, input)
            } else if node.requests.count > count || ours.refusal != nil && node.error == nil {
                let refusal = ours.refusal ?? "an end that is none"
                differs(
                    "only we refuse: \(refusal)",
                    isExplained: strictness.contains { refusal.hasPrefix($0.refusal) }, input)
            } else if ours.refusal != nil {
                refusedByBoth += 1
            }
        }

        private mutating func differs(_ how: String, isExplained: Bool, _ input: [UInt8]) {
            reasons[how, default: 0] += 1
            guard !isExplained else { return }
            unexplained.append(
                "\(how)\n  \(String(decoding: input, as: UTF8.self).debugDescription)")
        }

        var description: String {
            let lines = reasons.sorted { $0.key < $1.key }.map { "\n  \($0.value)  \($0.key)" }
            return
                "\(inputs) inputs, \(requests) requests read, \(refusedByBoth) inputs refused by both"
                + lines.joined()
        }
    }
}
