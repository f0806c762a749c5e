import ArgumentParser
import Contract

/// `roost invoke NAME`: runs a function and waits for its first attempt.
struct Invoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a function and wait for its end.",
        discussion:
            "Prints what the function answered. Exits with 1 where the attempt did not succeed.")

    @OptionGroup var sending: SendingOptions

    @Option(
        help: ArgumentHelp(
            "How long to wait; default: the function's own timeout.", valueName: "seconds"))
    var timeout: Int?

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: SendingHostOptions

    func run() async throws {
        if let timeout, timeout < 0 {
            throw CommandFailure.badNumber(
                flag: "--timeout", found: "\(timeout)", expected: "a number of seconds from 0")
        }
        let body = try sending.body()
        let answer = try await HostConnection.with(host) { connection in
            try await connection.post(
                sending.path, body: body, prefer: timeout.map { "wait=\($0)" })
        }
        if showing.isJSON { answer.show() }
        try answer.read { try finish($0, hasEnded: answer.status == 200) }
    }

    private func finish(_ value: JSONValue, hasEnded: Bool) throws {
        let id = value.text("invocation") ?? ""
        guard hasEnded else {
            throw CommandFailure.notDone(
                "\(sending.name) has not ended yet and goes on; see roost invocations show \(id)")
        }
        guard value.text("outcome") == "succeeded" else {
            throw CommandFailure.notDone(Self.failure(sending.name, value, id))
        }
        guard !showing.isJSON, let output = value["output"], !output.isNull else { return }
        // A text is shown as it reads; with --json it keeps its quotes.
        Terminal.writeLine(output.text.map { Array($0.utf8) } ?? output.copied)
    }

    private static func failure(_ name: String, _ value: JSONValue, _ id: String) -> String {
        let outcome = value.text("outcome") ?? "failed"
        let error = value.text("error").map { ": \($0)" } ?? ""
        let next =
            switch value.text("state") {
            case "retrying", "ready", "running": "it will be tried again"
            case "dead": "it is a dead letter"
            case let state: "it is \(state ?? "gone")"
            }
        return "\(name) \(outcome)\(error)\n\(next); see roost invocations show \(id)"
    }
}
