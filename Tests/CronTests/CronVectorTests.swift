import Cron
import Foundation
import Testing

/// A case of docs/vectors/cron.json, whose README says what the members mean.
struct CronVector: Decodable, Sendable, CustomTestStringConvertible {
    enum Expected: Decodable, Sendable, Equatable {
        case invalid
        case never
        case instants([String])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            switch try? value.decode(String.self) {
            case "invalid": self = .invalid
            case "never": self = .never
            default: self = .instants(try value.decode([String].self))
            }
        }
    }

    let id: String
    let expr: String
    let tz: String
    let start: String
    let expected: Expected
    let literal: Expected?

    enum CodingKeys: String, CodingKey {
        case id
        case expr
        case tz
        case start
        case expected
        case literal = "literal_wall_clock"
    }

    var testDescription: String { "\(id): \(expr)" }

    static let all: [CronVector] = {
        struct Vectors: Decodable { let cases: [CronVector] }
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/vectors/cron.json")
        guard let data = try? Data(contentsOf: file),
            let vectors = try? JSONDecoder().decode(Vectors.self, from: data)
        else { preconditionFailure("\(file.path) has the vectors") }
        return vectors.cases
    }()
}

@Suite("The cron vectors")
struct CronVectorTests {
    @Test("are answered as they expect", arguments: CronVector.all)
    func answers(vector: CronVector) throws {
        #expect(try answer(to: vector, gap: .after, repeated: .first) == vector.expected)
    }

    @Test(
        "are answered by the clock on the wall where fixed times have no rule of their own",
        arguments: CronVector.all.filter { $0.literal != nil })
    func literal(vector: CronVector) throws {
        #expect(try answer(to: vector, gap: .skip, repeated: .both) == vector.literal)
    }

    private func answer(
        to vector: CronVector, gap: GapRule, repeated: RepeatRule
    ) throws -> CronVector.Expected {
        guard let pattern = try? CronPattern(vector.expr) else { return .invalid }
        let timetable = Timetable.cron(
            pattern, zone: try zone(vector.tz), gap: gap, repeated: repeated)
        let found = timetable.instants(after: try instant(vector.start), max: 5).map(text)
        #expect(pattern.hasDates == !found.isEmpty)
        return found.isEmpty ? .never : .instants(found)
    }
}
