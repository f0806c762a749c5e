import ArgumentParser

/// `roost dead`: what failed for good, and waits for somebody.
struct Dead: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List dead letters, the newest first.",
        discussion: """
            What is dead ran as often as its policy allows. "roost invocations show ID" tells why; \
            "roost invocations retry ID" runs it again, "… retry --state dead" all of it.
            """)

    @OptionGroup var listing: InvocationListing

    func run() async throws { try await listing.run(state: "dead") }
}
