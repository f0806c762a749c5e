import ArgumentParser
import Contract

/// Why a command did not do what it was asked.
enum CommandFailure: Error, Equatable, CustomStringConvertible {
    case noHost(directory: String)
    case unreadableHostFile(String, why: String)
    case hostIsSilent(address: String, file: String?, pid: Int?, why: String)
    case badAddress(String)
    case refused(status: Int, detail: String)
    case notAnAnswer(String)
    case notDone(String)
    case badData(String)
    case needsYes(count: Int, what: String)
    case nothingNamed(verb: String)
    case tooMuchNamed(verb: String)
    case badFile(String, why: String)
    case badSettings(String)
    case badNumber(flag: String, found: String, expected: String)

    static let usageStatus: Int32 = 2

    /// The exit status.
    var status: Int32 {
        switch self {
        case .refused(status: 400, _): Self.usageStatus
        case .noHost, .unreadableHostFile, .hostIsSilent, .refused, .notAnAnswer, .notDone,
            .badFile:
            1
        case .badAddress, .badData, .needsYes, .nothingNamed, .tooMuchNamed, .badNumber,
            .badSettings:
            Self.usageStatus
        }
    }

    var description: String {
        switch self {
        case .noHost(let directory):
            "no host is running in \(directory): start one with roost serve --app PATH, name "
                + "its data "
                + "directory with --directory, or its address with --host"
        case .unreadableHostFile(let file, let why):
            "\(file) can't be read: \(why); run as the user who runs the host, or name the host "
                + "with "
                + "--host and --token"
        case .hostIsSilent(let address, let file, let pid, let why):
            Self.silent(address, file, pid, why)
        case .badAddress(let found):
            "--host is \"\(found)\"; expected an address such as http://127.0.0.1:8081"
        case .refused(_, let detail): detail
        case .notAnAnswer(let what):
            "the host's answer is not understood: \(what); are host and command of one release?"
        case .notDone(let what): what
        case .badData(let text), .badSettings(let text): text
        case .needsYes(let count, let what):
            "\(what) would change \(count) invocations; add --yes to do it"
        case .nothingNamed(let verb):
            "nothing says what to \(verb); name an invocation by its id, or all of a kind with "
                + "--function "
                + "and --state"
        case .tooMuchNamed(let verb):
            "an id names one invocation and --function and --state name many; \(verb) the one "
                + "or the others"
        case .badFile(let file, let why): "\"\(file)\" can't be read: \(why)"
        case .badNumber(let flag, let found, let expected):
            "\(flag) is \(found); expected \(expected)"
        }
    }

    private static func silent(_ address: String, _ file: String?, _ pid: Int?, _ why: String)
        -> String
    {
        guard let file else {
            return "no host answers at \(address) (\(why)); check --host, or start one with "
                + "roost serve --app PATH"
        }
        let process = pid.map { " (pid \($0))" } ?? ""
        return
            "the host\(process) that \(file) names does not answer at \(address) (\(why)); if "
            + "it was "
            + "killed, start it again with roost serve --app PATH"
    }
}

/// A word where a verb belongs that is none, though it may be like one.
struct MisspeltVerb: Error, Equatable, CustomStringConvertible {
    let word: String
    /// The verbs before it: "roost invocations".
    let path: String
    let nearest: String?

    /// Nil where each verb is one, or an option comes first.
    init?(in arguments: [String]) {
        var command: any ParsableCommand.Type = RoostCommand.self
        var path = "roost"
        for word in arguments {
            let verbs = command.configuration.subcommands
            if verbs.isEmpty || word.hasPrefix("-") { return nil }
            if word == "help" { return nil }
            let known = verbs.first {
                $0._commandName == word || $0.configuration.aliases.contains(word)
            }
            guard let next = known else {
                self.word = word
                self.path = path
                nearest = Contract.nearest(to: word, among: verbs.map { $0._commandName })
                return
            }
            command = next
            path += " \(word)"
        }
        return nil
    }

    var description: String {
        let cure = nearest.map { "did you mean \"\($0)\"?" } ?? "\(path) --help lists them all"
        return "\"\(word)\" is no verb of \(path); \(cure)"
    }
}
