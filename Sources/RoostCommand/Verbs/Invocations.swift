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

    @Option(help: "Only those of a function.")
    var function: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        try await InvocationTable.list(
            [("state", state), ("function", function)], paging, showing, host)
    }
}

/// Invocations as rows.
enum InvocationTable {
    static let empty = Table([
        .init("ID"), .init("FUNCTION"), .init("STATE"), .init("ATTEMPTS", isNumber: true),
        .init("ACCEPTED (UTC)"), .init("DUE (UTC)"), .init("ERROR"),
    ])

    /// Shows those that are wanted, as a table or as the host says it.
    static func list(
        _ filter: [(name: String, value: String?)], _ paging: PagingOptions,
        _ showing: ShowingOptions, _ host: HostOptions
    ) async throws {
        var table = empty
        try await HostConnection.with(host) { connection in
            guard !showing.isJSON else {
                return try await paging.page(connection, "/v1/invocations", filter).show()
            }
            try await paging.fill(&table, connection, "/v1/invocations", filter, cells)
        }
    }

    static func add(_ items: JSONValue?, to table: inout Table) {
        for item in items?.elements.map(Array.init) ?? [] { table.add(cells(item)) }
    }

    private static func cells(_ item: JSONValue) -> [String?] {
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
