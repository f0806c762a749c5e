import ArgumentParser
import Contract
import EventLoop
import Hosting

/// `roost check`: finds every mistake that `serve` would find, and starts nothing.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the settings and the app, and show what the app declares.",
        discussion: "Lists every mistake with its cure. Exits with 1 or 2 where there is one.")

    @OptionGroup var settings: SettingsOptions

    @Flag(name: .customLong("json"), help: "Print what the app declares as JSON.")
    var isJSON = false

    func run() async throws {
        let manifest = try await checked()
        if isJSON { return Terminal.writeLine(Self.json(manifest)) }
        for line in Self.lines(manifest) { print(line) }
    }

    private func checked() async throws(CommandFailure) -> Manifest {
        try SettingsOptions.check(settings.flags)
        do {
            return try await Hosting.check(settings.flags, variables: Variables.forSettings)
        } catch {
            throw .notDone("\(error)")
        }
    }

    static func lines(_ manifest: Manifest) -> [String] {
        let counts = [
            Words.plural(manifest.functions.count, "function"),
            Words.plural(manifest.triggers.count, "trigger"),
            Words.plural(manifest.schedules.count, "schedule"),
        ]
        return ["\(manifest.app) is right: \(counts.joined(separator: ", "))", ""]
            + functions(manifest).lines(width: Terminal.width) + triggers(manifest)
            + schedules(manifest)
    }

    private static func functions(_ manifest: Manifest) -> Table {
        var table = Table([
            .init("FUNCTION"), .init("INPUT"), .init("TIMEOUT", isNumber: true),
            .init("ATTEMPTS", isNumber: true), .init("CONCURRENCY", isNumber: true),
            .init("PRIORITY"),
        ])
        for function in manifest.functions {
            let policies = function.policies
            table.add([
                function.name, function.input.rawValue,
                Words.duration(seconds: policies.timeout.seconds),
                "\(policies.retry.attemptsMax)", policies.concurrencyMax.map { "\($0)" },
                policies.priority.rawValue,
            ])
        }
        return table
    }

    private static func triggers(_ manifest: Manifest) -> [String] {
        guard !manifest.triggers.isEmpty else { return [] }
        var table = Table([.init("TRIGGER"), .init("FUNCTION")])
        for trigger in manifest.triggers { table.add([trigger.rule.words, trigger.function]) }
        return [""] + table.lines(width: Terminal.width)
    }

    private static func schedules(_ manifest: Manifest) -> [String] {
        guard !manifest.schedules.isEmpty else { return [] }
        var table = Table([.init("SCHEDULE"), .init("WHEN"), .init("ZONE"), .init("FUNCTION")])
        for schedule in manifest.schedules {
            table.add([schedule.name, schedule.pattern.words, schedule.zone, schedule.function])
        }
        return [""] + table.lines(width: Terminal.width)
    }

    static func json(_ manifest: Manifest) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { object in
            object.member("app", manifest.app)
            object.array("functions") { array in
                for function in manifest.functions {
                    array.object { item in
                        item.member("name", function.name)
                        item.member("input", function.input.rawValue)
                        item.member("timeoutSeconds", function.policies.timeout.seconds)
                        item.member("attemptsMax", function.policies.retry.attemptsMax)
                        item.member("concurrencyMax", function.policies.concurrencyMax)
                        item.member("priority", function.policies.priority.rawValue)
                    }
                }
            }
            object.array("triggers") { array in
                for trigger in manifest.triggers {
                    array.object { item in
                        item.member("trigger", trigger.rule.words)
                        item.member("function", trigger.function)
                    }
                }
            }
            object.array("schedules") { array in
                for schedule in manifest.schedules {
                    array.object { item in
                        item.member("name", schedule.name)
                        item.member("when", schedule.pattern.words)
                        item.member("zone", schedule.zone)
                        item.member("function", schedule.function)
                    }
                }
            }
        }
        return writer.bytes
    }
}

extension ScheduleDeclaration.Pattern {
    fileprivate var words: String {
        switch self {
        case .cron(let pattern): pattern
        case .everyMilliseconds(let milliseconds):
            "every \(Words.duration(seconds: Double(milliseconds) / 1000))"
        }
    }
}
