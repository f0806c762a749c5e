import Cron
import Foundation

/// Writes random triples of pattern, zone and start, each with the instants at which the pattern
/// runs next: `CronOracle SEED COUNT`. What comes out is all that `oracles/` needs to ask others
/// the same.
@main
struct CronOracle {
    private static let instantsMax = 10

    private let zones: [ChangingZone]
    private var random: SplitMix64

    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 2, let seed = arguments.first.flatMap(UInt64.init),
            let count = arguments.last.flatMap({ Int($0) })
        else {
            FileHandle.standardError.write(Data("usage: CronOracle SEED COUNT\n".utf8))
            exit(2)
        }
        var oracle = CronOracle(
            zones: try ChangingZone.names.map(ChangingZone.init), random: SplitMix64(seed: seed))
        for _ in 0..<count { print(try oracle.line()) }
    }

    /// Pattern, zone, start and instants between tabs; the instants between spaces. All are seconds
    /// of the Unix clock.
    private mutating func line() throws -> String {
        let zone = random.element(of: zones)
        let change =
            random.isOne(in: 2) || zone.changes.isEmpty
            ? nil : random.element(of: zone.changes)
        let pattern = try RandomPattern(hour: change.map(zone.hour)).pattern(&random)
        let timetable = Timetable.cron(pattern, zone: zone.zone)
        var start = start(near: change)
        // A start may be an instant of the pattern itself, which then must not be answered.
        if random.isOne(in: 6) { start = timetable.next(after: start) ?? start }
        let instants = timetable.instants(after: start, max: Self.instantsMax)
        return [
            pattern.text, zone.zone.name, "\(start.seconds)",
            instants.map { "\($0.seconds)" }.joined(separator: " "),
        ].joined(separator: "\t")
    }

    /// Any second of the years, or one close to a change of the clock.
    private mutating func start(near change: UnixTime?) -> UnixTime {
        guard let change else {
            let years = ChangingZone.years
            let seconds = random.number(
                in: Int(years.lowerBound.seconds)...Int(years.upperBound.seconds))
            let unit = random.element(of: [1, 1, 60, 3600])
            return UnixTime(seconds: Int64(seconds / unit * unit))
        }
        let distance =
            switch random.number(in: 0...3) {
            case 0: random.number(in: -1...1)
            case 1: random.number(in: -12...12) * 900
            case 2: random.number(in: -10_800...10_800)
            default: random.number(in: -129_600...129_600)
            }
        return UnixTime(seconds: change.seconds + Int64(distance))
    }
}
