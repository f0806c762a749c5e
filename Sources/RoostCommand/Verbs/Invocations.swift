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

    @Option(help: "At most so many, 1 to 1000.")
    var limit = 50

    @Option(help: ArgumentHelp("Go on where a page ended: its \"next\".", valueName: "next"))
    var after: String?

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        try await HostConnection.with(host) { connection in
            guard !showing.isJSON else { return try await page(connection, after, limit).show() }
            var table = InvocationTable.empty
            var next = after
            // A page may be short and still go on: the host looks at so many rows for one.
            repeat {
                let answer = try await page(connection, next, limit - table.count)
                next = try answer.read { page in
                    InvocationTable.add(page, to: &table)
                    return page.text("next")
                }
            } while table.count < limit && next != nil
            table.show()
            if let next { Terminal.writeError("more: --after \(next)") }
        }
    }

    private func page(
        _ connection: HostConnection, _ after: String?, _ limit: Int
    ) async throws -> HostConnection.Answer {
        try await connection.get(
            URLPart.target(
                "/v1/invocations",
                [
                    ("state", state), ("function", function), ("limit", "\(limit)"),
                    ("after", after),
                ]))
    }
}

/// Invocations as rows.
enum InvocationTable {
    static let empty = Table([
        .init("ID"), .init("FUNCTION"), .init("STATE"), .init("ATTEMPTS", isNumber: true),
        .init("ACCEPTED (UTC)"), .init("DUE (UTC)"), .init("ERROR"),
    ])

    static func add(_ page: JSONValue, to table: inout Table) {
        for item in page["items"]?.elements.map(Array.init) ?? [] {
            table.add([
                item.text("id"), item.text("function"), item.text("state"), attempts(item),
                Words.time(item.text("acceptedAt")), Words.time(item.text("dueAt")),
                item.text("error"),
            ])
        }
    }

    /// "1/20": those that count, of those that are allowed.
    static func attempts(_ item: JSONValue) -> String {
        let charged = item.integer("attempts").map { "\($0)" } ?? "0"
        return item.integer("attemptsMax").map { "\(charged)/\($0)" } ?? charged
    }
}
