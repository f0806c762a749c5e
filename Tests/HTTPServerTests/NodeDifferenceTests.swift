import Foundation
import Testing

@testable import HTTPServer

/// The same bytes, read by us and by Node's parser: both have to see the same requests, with the
/// same fields to the letter. And we have to see the same ones wherever the bytes are cut.
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
            "400 a request begins with its method",
            "RFC 9112, 2.2: before it may come an empty line, which is CR and LF"
        ),
        ("400 an empty line ends in CR and LF", "the same; llhttp takes either alone"),
        ("400 the target's host is a name", "RFC 9112, 3.2.2: it counts as Host does"),
        (
            "400 the target begins with a slash",
            "a target of OPTIONS or of a proxy is nobody's route"
        ),
        ("417", "RFC 9110, 10.1.1: there is one expectation"),
        ("501", "RFC 9112, 6.1: a coding that is not understood, as gzip below chunked"),
        ("505", "llhttp knows HTTP/0.9 and 2.0, and there is nobody here who does"),
    ]

    /// What Node refuses and Roost accepts: Node's code of the error, a byte that is there, and why.
    private static let leniency: [(code: String, byte: UInt8?, why: String)] = [
        ("UPGRADED", nil, "RFC 9110, 7.8: a server may go on as if nobody asked for an upgrade"),
        ("HPE_CLOSED_CONNECTION", nil, "RFC 9110, 6.5.1: a trailer says nothing of connections"),
        ("HPE_STRICT", 0x7F, "DEL in a chunk's quoted extension; its line ends where it ends"),
    ]

    private static let seed = number("SEED") ?? 1

    private static func inputs() -> [[UInt8]] {
        var mutations = RequestMutations(seed: seed)
        return (0..<(number("COUNT") ?? 5000)).map { _ in mutations.next() }
    }

    @Test(
        "are the same ones, and what only one refuses has a reason",
        .enabled(if: NodeParser.path != nil, "no node is on the PATH"))
    func differences() throws {
        let node = try NodeParser()
        let inputs = Self.inputs()
        let verdicts = try node.read(inputs)
        try #require(verdicts.count == inputs.count)

        var comparison = Comparison()
        for (input, verdict) in zip(inputs, verdicts) {
            comparison.add(input, Ours([input[...]]), verdict)
        }

        print("beside Node \(node.version), SEED=\(Self.seed): \(comparison)")
        #expect(
            comparison.unexplained.isEmpty,
            """
            \(comparison.unexplained.count) differ without a reason, the first ones:
            \(comparison.unexplained.prefix(8).joined(separator: "\n"))
            """)
    }

    @Test("come out the same in whatever pieces they arrive")
    func pieces() {
        var chance = Chance(seed: ~Self.seed)
        var differences: [String] = []

        for input in Self.inputs() {
            let pieces = Self.pieces(of: input, &chance)
            let (whole, cut) = (Ours([input[...]]), Ours(pieces))
            guard whole != cut else { continue }
            let texts = pieces.map { String(decoding: $0, as: UTF8.self).debugDescription }
            differences.append("\(texts.joined(separator: " | "))\n  \(whole)\n  \(cut)")
        }

        #expect(
            differences.isEmpty,
            """
            SEED=\(Self.seed): \(differences.count) depend on the pieces, the first ones:
            \(differences.prefix(8).joined(separator: "\n"))
            """)
    }

    /// `input`, cut at one to six places; some pieces may be empty.
    private static func pieces(of input: [UInt8], _ chance: inout Chance) -> [ArraySlice<UInt8>] {
        let count = Int.random(in: 1...6, using: &chance)
        var cuts: [Int] = []
        for _ in 0..<count { cuts.append(Int.random(in: 0...input.count, using: &chance)) }
        cuts.sort()
        return zip([0] + cuts, cuts + [input.count]).map { input[$0..<$1] }
    }

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    private struct Ours: Equatable {
        var requests: [NodeParser.Verdict.Request] = []
        var refusal: String?

        init(_ pieces: [ArraySlice<UInt8>]) {
            let table = LLHTTPTable()
            let parser = RequestParser(table: table, limits: HTTPLimits())
            var body = ""
            for piece in pieces {
                let goesOn = piece.withUnsafeBytes { read($0, parser, &body) }
                if !goesOn { break }
            }
            withExtendedLifetime(table) {}
        }

        /// False once nothing more is read.
        private mutating func read(
            _ bytes: UnsafeRawBufferPointer, _ parser: RequestParser, _ body: inout String
        ) -> Bool {
            var rest = bytes
            while true {
                switch parser.next(&rest) {
                case .needsMore: return true
                case .head: body = ""
                case .body(let piece): body += Self.latin1(piece)
                case .complete:
                    requests.append(Self.request(parser.head, body: body))
                    if !parser.head.keepsAlive { return false }
                case .refused(let why):
                    refusal = Self.reason(why)
                    return false
                }
            }
        }

        private static func request(
            _ head: RequestHead, body: String
        ) -> NodeParser.Verdict.Request {
            let target = Array(head.target.utf8)
            var fields: [String] = []
            head.forEachField { name, value in fields += [latin1(name), latin1(value)] }
            return .init(
                method: head.method.rawValue, target: target.withUnsafeBytes(latin1),
                fields: fields, body: body)
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
                    isExplained: leniency.contains {
                        $0.code == code && $0.byte.map(input.contains) ?? true
                    }, input)
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
