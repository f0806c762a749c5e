import ArgumentParser
import Contract

/// `roost events`: what happened.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List and show events.",
        subcommands: [EventsList.self, EventsShow.self],
        defaultSubcommand: EventsList.self)
}

/// `roost events [list]`: the newest first.
struct EventsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List events, the newest first.")

    @Option(help: "Only those of a type, such as roost.message.")
    var type: String?

    @Option(help: "Only those of a subject: a topic, a path, a schedule's name…")
    var subject: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        var table = Table([
            .init("ID"), .init("TYPE"), .init("SUBJECT"), .init("ACCEPTED (UTC)"), .init("CAUSE"),
        ])
        try await HostConnection.with(host) { connection in
            let filter = [("type", type), ("subject", subject)]
            guard !showing.isJSON else {
                return try await paging.page(connection, "/v1/events", filter).show()
            }
            try await paging.fill(&table, connection, "/v1/events", filter) { item in
                [
                    item.text("id"), item.text("type"), item.text("subject"),
                    Words.time(item.text("time")), item.text("cause"),
                ]
            }
        }
    }
}
