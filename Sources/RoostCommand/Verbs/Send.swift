import ArgumentParser
import Contract

/// `roost send NAME`: records a command and does not wait.
struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a command to a function and do not wait.",
        discussion: "Prints the invocation's id once the host has it on its disk.")

    @OptionGroup var sending: SendingOptions

    @Option(help: ArgumentHelp("Run it so much later.", valueName: "seconds"))
    var after: Double?

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: SendingHostOptions

    func run() async throws {
        let body = try sending.body(afterSeconds: after)
        let answer = try await HostConnection.with(host) { connection in
            try await connection.post(sending.path, body: body, prefer: "respond-async")
        }
        if showing.isJSON { return answer.show() }
        try answer.read { value in
            print(value.text("invocation") ?? "")
            if value["duplicate"]?.boolean == true {
                Terminal.writeError("roost: the key was known: this is the invocation that it has")
            }
        }
    }
}
