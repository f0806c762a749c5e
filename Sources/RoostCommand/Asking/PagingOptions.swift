import ArgumentParser
import Contract

/// How much of a list to show, and where to go on.
struct PagingOptions: ParsableArguments {
    @Option(help: "At most so many, 1 to 1000.")
    var limit = 50

    @Option(help: ArgumentHelp("Go on where a page ended: its \"next\".", valueName: "next"))
    var after: String?

    typealias Filter = [(name: String, value: String?)]

    /// One page of a list, as the host gives it.
    func page(
        _ connection: HostConnection, _ path: String, _ filter: Filter
    ) async throws -> HostConnection.Answer {
        try await page(connection, path, filter, after, limit)
    }

    /// Shows the rows that `cells` makes of the items, and on standard error how to go on.
    func fill(
        _ table: inout Table, _ connection: HostConnection, _ path: String, _ filter: Filter,
        _ cells: (JSONValue) -> [String?]
    ) async throws {
        var next = after
        // A page may be short and still go on: the host looks at so many rows for one.
        repeat {
            let answer = try await page(connection, path, filter, next, limit - table.count)
            next = try answer.read { page in
                for item in page["items"]?.elements.map(Array.init) ?? [] { table.add(cells(item)) }
                return page.text("next")
            }
        } while table.count < limit && next != nil
        table.show()
        if let next { Terminal.writeError("more: --after \(next)") }
    }

    private func page(
        _ connection: HostConnection, _ path: String, _ filter: Filter, _ after: String?,
        _ limit: Int
    ) async throws -> HostConnection.Answer {
        let paging: Filter = [("limit", "\(limit)"), ("after", after)]
        return try await connection.get(URLPart.target(path, filter + paging))
    }
}
