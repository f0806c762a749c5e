import ArgumentParser
import Contract

/// `roost invocations retry`: one by its id, or all of a function or state.
struct InvocationsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Run again what is dead, cancelled or done, or run now what waits.")

    @OptionGroup var mending: MendingOptions

    func run() async throws { try await mending.run("retry") }
}

/// `roost invocations cancel`: one by its id, or all of a function or state.
struct InvocationsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel what waits, and ask what runs to stop.")

    @OptionGroup var mending: MendingOptions

    func run() async throws { try await mending.run("cancel") }
}

/// Which invocations to change; many of them only after somebody has seen how many.
struct MendingOptions: ParsableArguments {
    @Argument(help: "The invocation's id.")
    var id: String?

    @Option(help: "All of a function.")
    var function: String?

    @Option(help: "All in a state.")
    var state: String?

    @Flag(name: .customLong("yes"), help: "Do not ask.")
    var isSure = false

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run(_ verb: String) async throws {
        let isGroup = function != nil || state != nil
        guard id != nil || isGroup else { throw CommandFailure.nothingNamed(verb: verb) }
        guard id == nil || !isGroup else { throw CommandFailure.tooMuchNamed(verb: verb) }
        try await HostConnection.with(host) { connection in
            if let id {
                try await changeOne(id, verb, connection)
            } else {
                try await changeGroup(verb, connection)
            }
        }
    }

    private func changeOne(_ id: String, _ verb: String, _ connection: HostConnection) async throws
    {
        let answer = try await connection.post("/v1/invocations/\(URLPart.encoded(id))/\(verb)")
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            let state = value.text("state") ?? "changed"
            print(
                answer.status == 202
                    ? "\(id) is \(state) and was asked to stop" : "\(id) is \(state)")
        }
    }

    private func changeGroup(_ verb: String, _ connection: HostConnection) async throws {
        let path = "/v1/invocations/\(verb)"
        let count = try await connection.post("\(path)?count=only", body: filter).read {
            $0.integer("count") ?? 0
        }
        if count > 0, !isSure {
            let what = "\(verb) \(Words.count(count)) invocations\(group)"
            guard Terminal.canAsk else {
                throw CommandFailure.needsYes(count: Int(count), what: verb + group)
            }
            guard Terminal.asks("\(what)?") else {
                throw CommandFailure.notDone("nothing was changed")
            }
        }
        let answer = try await connection.post(path, body: filter)
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            let stopping = value.integer("stopping") ?? 0
            let asked = stopping > 0 ? "; \(Words.count(stopping)) run and were asked to stop" : ""
            print("\(Words.count(value.integer("count") ?? 0)) invocations\(asked)")
        }
    }

    private var filter: [UInt8] {
        var writer = JSONWriter()
        writer.object { object in
            if let function { object.member("function", function) }
            if let state { object.member("state", state) }
        }
        return writer.bytes
    }

    private var group: String {
        (function.map { " of \($0)" } ?? "") + (state.map { " that are \($0)" } ?? "")
    }
}
