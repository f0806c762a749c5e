import Contract
import Cron
import FoundationEssentials

/// All that an app declares, and everything that is wrong with it.
struct Declarations {
    let app: String
    let functions: [Registration]
    private let triggers: [TriggerDeclaration]
    private let schedules: [ScheduleDeclaration]
    private let indexes: [IndexDeclaration]

    init(app: String, functions: [Registration], triggers: [Trigger], schedules: [Schedule]) {
        self.app = app
        indexes = triggers.compactMap {
            if case .index(let index) = $0.content { index } else { nil }
        }
        let triggers = triggers.compactMap { trigger in
            if case .trigger(let declaration) = trigger.content { declaration } else { nil }
        }
        self.functions = functions.map { function in
            var function = function
            function.watches = triggers.compactMap { $0.watch(for: function.declaration.name) }
            return function
        }
        self.triggers = triggers
        self.schedules = schedules.map(\.declaration)
    }

    var manifest: Manifest {
        Manifest(
            app: app, functions: functions.map(\.declaration), triggers: triggers,
            schedules: schedules, indexes: indexes)
    }

    /// The same bytes in every worker of one build, for hosts compare them.
    var encodedManifest: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(manifest))
        } catch {
            preconditionFailure("a manifest is made of names and numbers: \(error)")
        }
    }

    /// Every mistake, each with its cure; none where the app can be run.
    var mistakes: [String] {
        functionMistakes + triggers.flatMap(mistakes(in:)) + routeMistakes
            + schedules.flatMap(mistakes(in:)) + scheduleNameMistakes
            + indexes.flatMap(\.mistakes) + indexMistakes
    }

    private var functionMistakes: [String] {
        guard !functions.isEmpty else {
            return ["the app has no functions; list them in its `functions`"]
        }
        let twice = Self.repeated(functions.map(\.declaration.name)).map { name in
            "two functions are named \"\(name)\"; give one of them another name"
        }
        return twice + functions.flatMap { PolicyCheck(function: $0.declaration).mistakes }
    }

    private func mistakes(in trigger: TriggerDeclaration) -> [String] {
        let subject = "the trigger \(trigger.rule.title)"
        return unlisted(trigger.function, subject) + trigger.rule.mistakes(subject)
    }

    private func mistakes(in schedule: ScheduleDeclaration) -> [String] {
        let subject = "the schedule \"\(schedule.name)\""
        return unlisted(schedule.function, subject) + schedule.mistakes(subject)
    }

    private func unlisted(_ function: String, _ subject: String) -> [String] {
        let known = functions.map(\.declaration.name)
        guard !known.contains(function) else { return [] }
        let near = suggestion(for: function, among: known)
        return [
            "\(subject) runs \"\(function)\", which is not among the app's `functions`"
                + (near.isEmpty ? "; list it there" : "\(near) Else list it there")
        ]
    }

    private var routeMistakes: [String] {
        let routes = triggers.compactMap(\.rule.route)
        return routes.indices.flatMap { later in
            routes[..<later].filter { $0.isSame(as: routes[later]) }.map { earlier in
                let route = routes[later]
                let path = earlier.pattern.text == route.pattern.text ? "" : " and \(route.pattern)"
                return "two HTTP triggers take \(route.method) \(earlier.pattern)\(path); "
                    + "give one of them another path or method"
            }
        }
    }

    private var scheduleNameMistakes: [String] {
        Self.repeated(schedules.map(\.name)).map { name in
            "two schedules are named \"\(name)\"; give one of them a name of its own: name: \"…\""
        }
    }

    private var indexMistakes: [String] {
        Self.repeated(indexes.map { "\($0.collection)\", index: \"\($0.field)" }).map { index in
            "the index .collection(\"\(index)\") is declared twice; leave one of them out"
        }
    }

    private static func repeated(_ names: [String]) -> [String] {
        var seen: [String: Int] = [:]
        return names.filter { name in
            seen[name, default: 0] += 1
            return seen[name] == 2
        }
    }
}

extension TriggerDeclaration {
    /// The documents whose changes it gives to the function of this name; nil for all else.
    fileprivate func watch(for name: String) -> DocumentWatch? {
        guard function == name, case .document(let pattern, let kinds) = rule else { return nil }
        return DocumentPattern(pattern).map { DocumentWatch(pattern: $0, kinds: kinds) }
    }
}

extension TriggerDeclaration.Rule {
    /// Such as "POST /orders", for people.
    var title: String {
        switch self {
        case .http(let method, let path, _, _, _): "\(method) \(path)"
        case .topic(let pattern, _): "on topic \"\(pattern)\""
        case .document(let pattern, _): "on documents \"\(pattern)\""
        case .file(let bucket, let matching, _): "on files \"\(matching)\" in \"\(bucket)\""
        }
    }

    /// Nil where it is none, or not a valid one.
    var route: RouteTable.Route? {
        guard case .http(let method, let path, _, _, _) = self,
            // One that is no pattern is a mistake of its own, told elsewhere.
            let pattern = try? PathPattern(path)
        else { return nil }
        return RouteTable.Route(method: method, pattern: pattern)
    }

    func mistakes(_ subject: String) -> [String] {
        switch self {
        case .http(_, let path, _, _, let bodyBytesMax):
            Self.pathMistakes(path, subject) + Self.bodyMistakes(bodyBytesMax, subject)
        case .topic(let pattern, _):
            NameRule.topicPattern.error(for: pattern).map { ["\(subject): \($0)"] } ?? []
        case .document(let pattern, _): Self.documentMistakes(pattern, subject)
        case .file(let bucket, _, _):
            NameRule.bucket.error(for: bucket).map { ["\(subject): \($0)"] } ?? []
        }
    }

    private static func pathMistakes(_ path: String, _ subject: String) -> [String] {
        do {
            _ = try PathPattern(path)
            return []
        } catch {
            return ["\(subject): \(error)"]
        }
    }

    private static func bodyMistakes(_ bytes: Int?, _ subject: String) -> [String] {
        guard let bytes, bytes < 0 else { return [] }
        return ["\(subject): bodyBytesMax is \(bytes), expected at least 0"]
    }

    /// A pattern is a document's path, where a capture may stand for an identifier.
    private static func documentMistakes(_ pattern: String, _ subject: String) -> [String] {
        guard DocumentPattern(pattern) == nil else { return [] }
        return [
            "\(subject): expected collection/{id}, and again /collection/{id} for each level below"
        ]
    }
}

extension ScheduleDeclaration {
    /// What is wrong with the pattern; zones are the host's to know.
    private var patternError: (any Error)? {
        do {
            switch pattern {
            case .cron(let text): try CronPattern(text).requireDates()
            case .everyMilliseconds(let interval):
                _ = try IntervalPattern(.milliseconds(interval))
            }
            return nil
        } catch {
            return error
        }
    }

    /// The most that run of what was missed; nil where not all may.
    private var runsOfMissed: Int? { missed.hasPrefix("all:") ? Int(missed.dropFirst(4)) : nil }

    func mistakes(_ subject: String) -> [String] {
        var mistakes: [String] = []
        if let error = NameRule.schedule.error(for: name) {
            mistakes.append("\(subject): \(error)")
        }
        if let error = patternError { mistakes.append("\(subject): \(error)") }
        if let max = runsOfMissed, !(1...Self.missedMax).contains(max) {
            mistakes.append(
                "\(subject): missed: .all(max: \(max)), expected 1 to \(Self.missedMax); take "
                    + "another number, or .latest where one run makes up for all")
        }
        if jitterMilliseconds < 0 {
            mistakes.append("\(subject): jitter is \(jitterMilliseconds) ms, expected at least 0")
        }
        if missed.hasPrefix("all"), overlap == Schedule.Overlap.skip.rawValue {
            mistakes.append(
                "\(subject): missed: .all runs what overlap: .skip leaves out; use overlap: .queue")
        }
        return mistakes
    }
}
