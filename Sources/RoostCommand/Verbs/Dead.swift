import ArgumentParser

/// `roost dead`: what failed for good, and waits for somebody.
struct Dead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List dead letters, the newest first.",
        discussion: """
            What is dead ran as often as its policy allows. "roost invocations show ID" tells why; \
            "roost invocations retry ID" runs it again, "… retry --state dead" all of it.
            """)

    @Option(help: "Only those of a function.")
    var function: String?

    @OptionGroup var paging: PagingOptions
    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        try await InvocationTable.list(
            [("state", "dead"), ("function", function)], paging, showing, host)
    }
}
