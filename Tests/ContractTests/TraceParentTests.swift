import Contract
import Foundation
import Testing

@Suite("A trace parent")
struct TraceParentTests {
    /// A case of docs/vectors/traceparent.json, whose README says what the members mean.
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        struct Parsed: Decodable, Sendable {
            let traceID: String
            let parentID: String
            let sampled: Bool
            let random: Bool

            enum CodingKeys: String, CodingKey {
                case traceID = "trace_id"
                case parentID = "parent_id"
                case sampled
                case random
            }
        }

        enum State: Decodable, Sendable {
            case list([[String]])
            case discard

            init(from decoder: any Decoder) throws {
                let value = try decoder.singleValueContainer()
                self = (try? value.decode([[String]].self)).map(State.list) ?? .discard
            }
        }

        let id: String
        let headers: [[String]]
        let expected: String
        let parsed: Parsed?
        let tracestate: State?
        let why: String

        var testDescription: String { "\(id): \(why)" }

        func values(_ name: String) -> [String] { headers.filter { $0[0] == name }.map { $0[1] } }

        /// As the host reads it: a header that comes twice counts as none.
        var parent: TraceParent? {
            let values = values("traceparent")
            return values.count == 1 ? TraceParent(values[0]) : nil
        }
    }

    static let cases: [Case] = {
        struct Vectors: Decodable { let cases: [Case] }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/vectors/traceparent.json")
        guard let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode(Vectors.self, from: data)
        else { preconditionFailure("\(file.path) has the vectors") }
        return vectors.cases
    }()

    @Test("is read as W3C Trace Context says", arguments: cases)
    func vectors(vector: Case) throws {
        guard vector.expected == "continue" else {
            #expect(vector.parent == nil)
            return
        }
        let (parent, parsed) = (try #require(vector.parent), try #require(vector.parsed))
        #expect(parent.traceID == parsed.traceID)
        #expect(parent.description.split(separator: "-")[2] == parsed.parentID)
        #expect(parent.flags == (parsed.sampled ? 1 : 0) + (parsed.random ? 2 : 0))
    }

    @Test("has its state carried on or dropped", arguments: cases)
    func states(vector: Case) {
        let carried = vector.parent == nil ? nil : TraceState.carried(vector.values("tracestate"))

        switch vector.tracestate {
        case .list(let members):
            #expect(carried == members.map { $0.joined(separator: "=") }.joined(separator: ","))
        case .discard, nil: #expect(carried == nil)
        }
    }

    @Test("is written in version 00 and reads back")
    func roundTrip() {
        let parent = TraceParent(traceHigh: 0x0AF7, traceLow: 1, parent: 0xB7AD, flags: 0xFF)

        #expect(parent.description == "00-0000000000000af70000000000000001-000000000000b7ad-03")
        #expect(TraceParent(parent.description) == parent)
    }

    @Test("begins with an event and goes on with the same trace")
    func continued() {
        let event = EventID(.event, number: 7, at: Instant(milliseconds: 1_795_426_200_123))
        let step = EventID(.invocation, number: 8, at: event.instant)
        let start = TraceParent(startingAt: event)

        let next = start.continued(by: step)

        #expect(start.flags == 1)
        #expect(next.traceID == start.traceID)
        #expect(next.parent != start.parent)
        #expect(TraceParent(next.description) == next)
    }

    @Test("of any text is read without a trap")
    func fuzz() {
        var random = SeededGenerator(seed: 17)
        let whole = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".bytes
        for _ in 0..<20_000 {
            var bytes = whole
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            bytes.removeLast(Int.random(in: 0...2, using: &random))
            _ = TraceParent(bytes.string)
        }
    }
}

@Suite("A trace state")
struct TraceStateTests {
    @Test("is cut to 512 bytes: long members first, then the last ones")
    func cut() throws {
        let long = "long=" + String(repeating: "x", count: 200)
        let short = (0..<20).map { "k\($0)=" + String(repeating: "y", count: 20) }

        let carried = try #require(TraceState.carried([([long] + short).joined(separator: ",")]))

        #expect(carried == short.joined(separator: ",").prefix(carried.utf8.count))
        #expect(carried.utf8.count <= 512)
        #expect(carried.hasSuffix("y"))
    }

    @Test(
        "is dropped where a member breaks the grammar",
        arguments: ["a", "=1", "a=", "-a=1", "a=é", "a b=1", "a=1,b", "a=\u{1}"])
    func refuses(line: String) {
        #expect(TraceState.carried([line]) == nil)
    }

    @Test("may have blanks around its members and in its values")
    func blanks() {
        #expect(TraceState.carried([" a=1 2 ,\tb@c=3\t", "d/*-_=4"]) == "a=1 2,b@c=3,d/*-_=4")
        #expect(TraceState.carried([]) == nil)
        #expect(TraceState.carried([" , "]) == nil)
    }
}
