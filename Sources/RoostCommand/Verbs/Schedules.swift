import ArgumentParser
import Contract

/// `roost schedules`: what the clock causes.
struct Schedules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List schedules, look at one, fire, pause and resume it.",
        subcommands: [
            SchedulesList.self, SchedulesShow.self, SchedulesFire.self, SchedulesPause.self,
            SchedulesResume.self,
        ],
        defaultSubcommand: SchedulesList.self)
}

/// `roost schedules [list]`
struct SchedulesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the schedules and when each fires next.")

    @Option(help: "At most so many, 1 to 1000.")
    var limit = 500

    @Option(help: ArgumentHelp("The name after which the list begins.", valueName: "name"))
    var after: String?

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let answer = try await HostConnection.with(host) {
            try await $0.get(
                URLPart.target("/v1/schedules", [("limit", "\(limit)"), ("after", after)]))
        }
        if showing.isJSON { return answer.show() }
        try answer.read { page in
            Self.table(of: page).show()
            if let next = page.text("next") { Terminal.writeError("more: --after \(next)") }
        }
    }

    static func table(of page: JSONValue) -> Table {
        var table = Table([
            .init("NAME"), .init("FUNCTION"), .init("WHEN"), .init("ZONE"), .init("NEXT"),
            .init("LAST"), .init("STATE"),
        ])
        for item in page["items"]?.elements.map(Array.init) ?? [] {
            table.add([
                item.text("name"), item.text("function"), when(item), item.text("zone"),
                item["next"]?.elements.map(Array.init)?.first?.text, item.text("lastFiredFor"),
                state(item),
            ])
        }
        return table
    }

    private static func when(_ item: JSONValue) -> String? {
        item.text("cron") ?? item["everySeconds"]?.double.map { "every \($0) s" }
    }

    private static func state(_ item: JSONValue) -> String? {
        if item["retired"]?.boolean == true { return "retired" }
        return item["paused"]?.boolean == true ? "paused" : nil
    }
}

/// `roost schedules show NAME`
struct SchedulesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the next instants of a schedule and its last firings.",
        aliases: ["next"])

    @Argument(help: "The schedule's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let path = "/v1/schedules/\(URLPart.encoded(name))"
        let answer = try await HostConnection.with(host) { try await $0.get(path) }
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            for next in value["next"]?.elements.map(Array.init) ?? [] {
                print("next  \(next.text ?? "")")
            }
            Self.firings(value).show()
        }
    }

    private static func firings(_ value: JSONValue) -> Table {
        var table = Table([
            .init("PLANNED FOR"), .init("THROUGH"), .init("EVENT"), .init("SKIPPED"),
        ])
        for firing in value["firings"]?.elements.map(Array.init) ?? [] {
            table.add([
                firing.text("plannedFor"), firing.text("through"), firing.text("event"),
                firing.text("skipped"),
            ])
        }
        return table
    }
}

/// `roost schedules fire NAME`
struct SchedulesFire: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fire", abstract: "Fire a schedule now, whatever its pattern says.")

    @Argument(help: "The schedule's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let path = "/v1/schedules/\(URLPart.encoded(name))/fire"
        let answer = try await HostConnection.with(host) { try await $0.post(path) }
        if showing.isJSON { return answer.show() }
        try answer.read { print($0.text("id") ?? "") }
    }
}

/// `roost schedules pause NAME`
struct SchedulesPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a schedule's instants pass until it is resumed.")

    @Argument(help: "The schedule's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws { try await ScheduleChange.run("pause", name, showing, host) }
}

/// `roost schedules resume NAME`
struct SchedulesResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Go on with a schedule that was paused.")

    @Argument(help: "The schedule's name.")
    var name: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws { try await ScheduleChange.run("resume", name, showing, host) }
}

/// Pausing and resuming differ by a word.
private enum ScheduleChange {
    static func run(
        _ verb: String, _ name: String, _ showing: ShowingOptions, _ host: HostOptions
    ) async throws {
        let path = "/v1/schedules/\(URLPart.encoded(name))/\(verb)"
        let answer = try await HostConnection.with(host) { try await $0.post(path) }
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            let isPaused = value["paused"]?.boolean == true
            let next = value["next"]?.elements.map(Array.init)?.first?.text
            print("\(name) is \(isPaused ? "paused" : "next at \(next ?? "no time")")")
        }
    }
}
