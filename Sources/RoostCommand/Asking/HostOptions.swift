import ArgumentParser
import Glibc
import Hosting

/// Which host to ask.
struct HostOptions: ParsableArguments, HostNaming {
    @Option(
        name: [.customLong("data"), .customLong("directory")],
        help: ArgumentHelp(
            "The data directory of the host to ask; default: .roost", valueName: "dir"))
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "The admin listener's address, instead of host.json's.", valueName: "url"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "The admin token, instead of ROOST_TOKEN or host.json's.", valueName: "token"))
    var token: String?
}

/// The same for verbs whose `--data` is what they send.
struct SendingHostOptions: ParsableArguments, HostNaming {
    @Option(
        help: ArgumentHelp(
            "The data directory of the host to ask; default: .roost", valueName: "dir"))
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "The admin listener's address, instead of host.json's.", valueName: "url"))
    var host: String?

    @Option(
        help: ArgumentHelp(
            "The admin token, instead of ROOST_TOKEN or host.json's.", valueName: "token"))
    var token: String?
}

/// What says where a host is.
protocol HostNaming: Sendable {
    var directory: String? { get }
    var host: String? { get }
    var token: String? { get }
}

extension HostNaming {
    /// Where the host is and what opens it.
    func found(variables: [String: String]) throws(CommandFailure) -> HostAddress {
        let token = token ?? variables["ROOST_TOKEN"]
        if let host { return HostAddress(url: try HostAddress.url(host), token: token) }
        let directory = directory ?? Self.dataDirectory(variables)
        guard let file = try HostFile.read(inDirectory: directory) else {
            throw .noHost(directory: directory)
        }
        return HostAddress(
            url: try HostAddress.url(file.admin), token: token ?? file.token,
            file: "\(directory)/\(HostFile.name)", pid: file.pid)
    }

    /// As the host's settings say; a mistake in them is told by serve and check, and here only one
    /// value of them matters.
    private static func dataDirectory(_ variables: [String: String]) -> String {
        let settings = try? Settings.load(
            variables: Variables.forSettings(variables), needsApp: false)
        return settings?.dataDirectory ?? Settings().dataDirectory
    }
}

/// Where a host is, and how that was found out.
struct HostAddress: Equatable {
    /// Scheme, host and port.
    var url: String
    var token: String?
    var file: String?
    var pid: Int?

    /// "127.0.0.1:8081" and "http://127.0.0.1:8081/" mean the same.
    static func url(_ text: String) throws(CommandFailure) -> String {
        var url = text.contains("://") ? text : "http://\(text)"
        while url.hasSuffix("/") { url.removeLast() }
        let rest = ["http://", "https://"].compactMap {
            url.hasPrefix($0) ? url.dropFirst($0.count) : nil
        }.first
        guard let rest, !rest.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            !rest.contains("/")
        else {
            throw .badAddress(text)
        }
        return url
    }
}

/// How to show what the host says.
struct ShowingOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Print the API's JSON instead of tables.")
    var isJSON = false
}

/// The environment as a dictionary.
enum Variables {
    /// What a host's settings are read from.
    static var forSettings: [String: String] { forSettings(all) }

    /// Without the one variable that is for those who ask a host.
    static func forSettings(_ variables: [String: String]) -> [String: String] {
        variables.filter { $0.key != "ROOST_TOKEN" }
    }

    static var all: [String: String] {
        var variables: [String: String] = [:]
        var place = environ
        while let entry = place.pointee {
            let text = String(cString: entry)
            if let split = text.firstIndex(of: "=") {
                variables[String(text[..<split])] = String(text[text.index(after: split)...])
            }
            place += 1
        }
        return variables
    }
}
