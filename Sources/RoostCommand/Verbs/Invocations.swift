import ArgumentParser
import Contract

/// `roost invocations`: what ran, runs and will run.
struct Invocations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List, show, retry and cancel invocations.",
        subcommands: [
            InvocationsList.self, InvocationsShow.self, InvocationsRetry.self,
            InvocationsCancel.self,
        ],
        defaultSubcommand: InvocationsList.self)
}

/// `roost invocations [list]`: the newest first.
struct InvocationsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List invocations, the newest first.")

    @Option(
        help: "Only those in a state: scheduled, ready, running, retrying, succeeded, dead…")
    var state: String?

    @OptionGroup var listing: InvocationListing

    func run() async throws { try await listing.run(state: state) }
}

/// Which invocations of a state to list.
struct InvocationListing: ParsableArguments {
    @Option(help: "Only those of a function.")
    var function: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run(state: String?) async throws {
        let filter = [("state", state), ("function", function)]
        var table = InvocationTable.empty
        try await HostConnection.with(host) { connection in
            guard !showing.isJSON else {
                return try await paging.page(connection, "/v1/invocations", filter).show()
            }
            try await paging.fill(
                &table, connection, "/v1/invocations", filter, InvocationTable.cells)
        }
    }
}

/// Invocations as rows.
enum InvocationTable {
    static let empty = Table([
        .init("ID"), .init("FUNCTION"), .init("STATE"), .init("ATTEMPTS", isNumber: true),
        .init("ACCEPTED (UTC)"), .init("DUE (UTC)"), .init("ERROR"),
    ])

    static func add(_ items: JSONValue?, to table: inout Table) {
        for item in items?.elements.map(Array.init) ?? [] { table.add(cells(item)) }
    }

    static func cells(_ item: JSONValue) -> [String?] {
        [
            item.text("id"), item.text("function"), item.text("state"), attempts(item),
            Words.time(item.text("acceptedAt")), Words.time(item.text("dueAt")),
            item.text("error"),
        ]
    }

    /// "1/20": those that count, of those that are allowed.
    static func attempts(_ item: JSONValue) -> String {
        let charged = item.integer("attempts").map { "\($0)" } ?? "0"
        return item.integer("attemptsMax").map { "\(charged)/\($0)" } ?? charged
    }
}
