import Foundation
import Simulating

/// Runs seeds of the simulation: `Simulate MEDIUM FIRST [LAST]`, on `memory` or on `sqlite`. Prints
/// the table of faults and steps, and of the first seed that breaks a rule the shortest run that
/// does so.
@main
struct Simulate {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst(2).compactMap { UInt64($0) }
        guard CommandLine.arguments.count > 2, let first = arguments.first,
            let medium = Trial.Medium(rawValue: CommandLine.arguments[1])
        else {
            say("usage: Simulate MEDIUM FIRST [LAST]")
            exit(2)
        }
        let last = max(first, arguments.dropFirst().first ?? first)
        let start = ContinuousClock.now
        var table = FaultTable()
        var events = 0
        var cutStarts = 0
        for seed in first...last {
            let trial = Trial(seed: seed, medium: medium)
            let result = try await trial.run()
            table.add(result.table)
            events += result.events
            cutStarts += result.cutStarts
            guard let violation = result.violation else { continue }
            say("seed \(seed): \(violation); looking for the shortest run that does it")
            print(try await trial.finding()?.text ?? "seed \(seed) fails now and then")
            exit(1)
        }
        let count = last - first + 1
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(table.text, terminator: "\n\n")
        // So many seeds strike every pair of a fault and a step several times.
        if count >= 50, let empty = table.empty.first {
            say("\(empty.fault) never met \(empty.step)")
            exit(1)
        }
        print(
            "\(count) seeds, \(events) events, \(cutStarts) hosts ended while they started, "
                + String(format: "%.1f s, %.1f seeds a second", seconds, Double(count) / seconds))
    }

    private static func say(_ line: String) {
        FileHandle.standardError.write(Data("\(line)\n".utf8))
    }
}
