import ArgumentParser
import Contract

/// `roost functions`: what the app has, and how much of it waits.
struct Functions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, pause and resume functions.",
        subcommands: [FunctionsList.self, FunctionsPause.self, FunctionsResume.self],
        defaultSubcommand: FunctionsList.self)
}

/// `roost functions [list]`
struct FunctionsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the app's functions and what is owed to each.")

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let answer = try await HostConnection.with(host) { try await $0.get("/v1/functions") }
        if showing.isJSON { return answer.show() }
        try answer.read { Self.table(of: $0).show() }
    }

    static func table(of page: JSONValue) -> Table {
        let states = ["ready", "running", "retrying", "scheduled", "dead"]
        var table = Table(
            [.init("NAME"), .init("INPUT"), .init("PAUSED")]
                + states.map { .init($0.uppercased(), isNumber: true) })
        for item in page["items"]?.elements.map(Array.init) ?? [] {
            table.add(
                [
                    item.text("name"), item.text("input"),
                    item["paused"]?.boolean == true ? "paused" : nil,
                ]
                    + states.map { item["counts"]?.count($0) })
        }
        return table
    }
}

/// `roost functions pause NAME`
struct FunctionsPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Begin nothing more of a function; what is sent to it waits.")

    @Argument(help: "The function's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws { try await FunctionChange.run("pause", name, showing, host) }
}

/// `roost functions resume NAME`
struct FunctionsResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a function that was paused.")

    @Argument(help: "The function's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws { try await FunctionChange.run("resume", name, showing, host) }
}

/// Pausing and resuming differ by a word.
private enum FunctionChange {
    static func run(
        _ verb: String, _ name: String, _ showing: ShowingOptions, _ host: HostOptions
    ) async throws {
        let path = "/v1/functions/\(URLPart.encoded(name))/\(verb)"
        let answer = try await HostConnection.with(host) { try await $0.post(path) }
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            let isPaused = value["paused"]?.boolean == true
            print("\(name) is \(isPaused ? "paused; what is sent to it waits" : "not paused")")
        }
    }
}
