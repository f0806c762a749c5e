import Cron
import Foundation

/// Counts how many next instants of each pattern of docs/vectors/cron.json are found in a second,
/// and prints the rate of all together and of the slowest as JSON.
///
/// A pattern is asked again from the instant that it answered, from 2026 on, as a host asks it; one
/// that has no date is left out, for a host refuses it.
@main struct CronSpeed {
    struct Vectors: Decodable {
        struct Case: Decodable {
            let expr: String
            let tz: String
        }

        let cases: [Case]
    }

    struct Report: Encodable {
        var all: Double
        var slowest: Double
        var slowestPattern: String
        var patterns: Int
    }

    private static let start = UnixTime(seconds: 1_767_225_600)
    private static let seconds = 0.02

    static func main() throws {
        let file = CommandLine.arguments.dropFirst().first ?? "docs/vectors/cron.json"
        let vectors = try JSONDecoder().decode(
            Vectors.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
        var report = Report(all: 0, slowest: .infinity, slowestPattern: "", patterns: 0)
        var count = 0
        var nanoseconds: UInt64 = 0
        for vector in vectors.cases {
            // What is refused has no rate.
            guard let pattern = try? CronPattern(vector.expr), pattern.hasDates else { continue }
            let timetable = Timetable.cron(
                pattern, zone: try zone(vector.tz), gap: .after, repeated: .first)
            let measured = measure(timetable)
            let rate = Double(measured.count) / Double(measured.nanoseconds) * 1e9
            report.patterns += 1
            count += measured.count
            nanoseconds += measured.nanoseconds
            guard rate < report.slowest else { continue }
            report.slowest = rate
            report.slowestPattern = "\(vector.expr) in \(vector.tz)"
        }
        report.all = Double(count) / Double(nanoseconds) * 1e9
        FileHandle.standardOutput.write(try JSONEncoder().encode(report))
    }

    private static func measure(_ timetable: Timetable) -> (count: Int, nanoseconds: UInt64) {
        var time = start
        var count = 0
        let began = DispatchTime.now().uptimeNanoseconds
        while true {
            for _ in 0..<100 { time = timetable.next(after: time) ?? start }
            count += 100
            let passed = DispatchTime.now().uptimeNanoseconds - began
            if Double(passed) > seconds * 1e9 { return (count, passed) }
        }
    }

    private static func zone(_ name: String) throws -> Zone {
        guard name != "UTC" else { return .utc }
        let path = "/usr/share/zoneinfo/\(name)"
        return try Zone(name: name, tzif: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
    }
}
