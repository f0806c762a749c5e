import ArgumentParser
import Contract

/// `roost events show ID`: one event, what led to it and what came of it.
struct EventsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one event, what led to it and what came of it.")

    @Argument(help: "The event's id.")
    var id: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    /// More of the data than this is shown with --json only; in characters.
    private static let dataMax = 2_000

    func run() async throws {
        let answer = try await HostConnection.with(host) {
            try await $0.get("/v1/events/\(URLPart.encoded(id))")
        }
        if showing.isJSON { return answer.show() }
        try answer.read { value in for line in Self.lines(value) { print(line) } }
    }

    static func lines(_ value: JSONValue) -> [String] {
        let facts: [(String, String?)] = [
            ("event", value.text("id")), ("type", value.text("type")),
            ("subject", value.text("subject")),
            ("accepted", Words.time(value.text("time")).map { "\($0) UTC" }),
            ("cause", value.text("cause")), ("trace", value.text("traceparent")),
        ]
        return FactList.lines(facts) + attributes(value) + data(value) + invocations(value)
    }

    private static func attributes(_ value: JSONValue) -> [String] {
        let attributes = value["attributes"]?.members.map(Array.init) ?? []
        guard !attributes.isEmpty else { return [] }
        var table = Table([.init("ATTRIBUTE"), .init("VALUE")])
        for attribute in attributes { table.add([attribute.key.string, attribute.value.text]) }
        return [""] + table.lines(width: Terminal.width)
    }

    private static func data(_ value: JSONValue) -> [String] {
        if let base64 = value.text("data_base64") {
            let padding = base64.utf8.reversed().prefix { $0 == UInt8(ascii: "=") }.count
            let bytes = base64.utf8.count / 4 * 3 - padding
            return ["", "data of \(Words.plural(bytes, "byte")), which --json shows"]
        }
        guard let data = value["data"], !data.isNull else { return [] }
        let text = Words.onLines(data.text ?? String(decoding: data.bytes, as: UTF8.self))
        guard text.count > dataMax else { return ["", text] }
        return ["", "\(text.prefix(dataMax))…", "all of it: --json"]
    }

    private static func invocations(_ value: JSONValue) -> [String] {
        var table = InvocationTable.empty
        InvocationTable.add(value["invocations"], to: &table)
        return table.count > 0 ? [""] + table.lines(width: Terminal.width) : []
    }
}
