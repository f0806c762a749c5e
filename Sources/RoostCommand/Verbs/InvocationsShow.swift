import ArgumentParser
import Contract

/// `roost invocations show ID`: one invocation with its attempts and logs.
struct InvocationsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one invocation with its attempts and logs.")

    @Argument(help: "The invocation's id, or its event's.")
    var id: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let answer = try await HostConnection.with(host) { try await Self.ask($0, for: id) }
        if showing.isJSON { return answer.show() }
        try answer.read { value in for line in Self.lines(value) { print(line) } }
    }

    /// An event's id is taken for its first invocation's.
    private static func ask(
        _ connection: HostConnection, for id: String
    ) async throws -> HostConnection.Answer {
        do {
            return try await connection.get("/v1/invocations/\(URLPart.encoded(id))")
        } catch let failure {
            guard case .refused(status: 404, _) = failure, EventID(id) != nil else { throw failure }
            let page = try await connection.get(URLPart.target("/v1/invocations", [("event", id)]))
            let ids = try page.read { page in
                (page["items"]?.elements.map(Array.init) ?? []).compactMap { $0.text("id") }
            }
            guard let first = ids.last else { throw failure }
            return try await connection.get("/v1/invocations/\(first)")
        }
    }

    static func lines(_ value: JSONValue) -> [String] {
        var facts: [(String, String?)] = [
            ("invocation", value.text("id")), ("event", value.text("event")),
            ("function", value.text("function")), ("state", value.text("state")),
            ("attempts", InvocationTable.attempts(value)),
        ]
        facts += [
            ("accepted", "acceptedAt"), ("due", "dueAt"), ("started", "startedAt"),
            ("finished", "finishedAt"),
        ].map { ($0, Words.time(value.text($1)).map { "\($0) UTC" }) }
        facts.append(("error", value.text("error")))
        return FactList.lines(facts) + history(value) + logs(value)
    }

    private static func history(_ value: JSONValue) -> [String] {
        let attempts = value["history"]?.elements.map(Array.init) ?? []
        guard !attempts.isEmpty else { return [] }
        var table = Table([
            .init("ATTEMPT", isNumber: true), .init("OUTCOME"), .init("STARTED (UTC)"),
            .init("FINISHED (UTC)"),
            .init("WORKER", isNumber: true), .init("ERROR"),
        ])
        for attempt in attempts {
            table.add([
                attempt.integer("number").map { "\($0)" }, attempt.text("outcome"),
                Words.time(attempt.text("startedAt")), Words.time(attempt.text("finishedAt")),
                attempt.integer("worker").map { "\($0)" },
                attempt.text("error") ?? attempt.text("note"),
            ])
        }
        return [""] + table.lines(width: Terminal.width) + responses(attempts)
    }

    /// What the attempts answered where nobody waited for it.
    private static func responses(_ attempts: [JSONValue]) -> [String] {
        let answered = attempts.filter { $0["response"] != nil }
        guard !answered.isEmpty else { return [] }
        var table = Table([
            .init("ATTEMPT", isNumber: true), .init("STATUS", isNumber: true), .init("RESPONSE"),
        ])
        for attempt in answered {
            let response = attempt["response"]
            table.add([
                attempt.integer("number").map { "\($0)" },
                response?.integer("status").map { "\($0)" }, response.map(body),
            ])
        }
        return [""] + table.lines(width: Terminal.width)
    }

    private static func body(_ response: JSONValue) -> String {
        if let bytes = response.integer("bytesNotKept") { return "\(bytes) bytes, not kept" }
        guard let data = response["data"] else { return "" }
        return data.text ?? (data.isNull ? "" : String(decoding: data.bytes, as: UTF8.self))
    }

    private static func logs(_ value: JSONValue) -> [String] {
        let lines = value["logs"]?.elements.map(Array.init) ?? []
        guard !lines.isEmpty else { return [] }
        var table = Table([.init("TIME (UTC)"), .init("LEVEL"), .init("MESSAGE")])
        for line in lines {
            let metadata = line["metadata"]?.members.map(Array.init) ?? []
            let pairs = metadata.map { " \($0.key.string)=\($0.value.text ?? "")" }.joined()
            table.add([
                Words.time(line.text("time")), line.text("level"),
                (line.text("message") ?? "") + pairs,
            ])
        }
        return [""] + table.lines(width: Terminal.width)
    }
}
