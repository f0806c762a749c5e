import Hummingbird

/// Answers hello in-process, as Hummingbird's own guide writes it; the argument is the port.
@main struct Hello {
    static func main() async throws {
        guard CommandLine.arguments.count == 2, let port = Int(CommandLine.arguments[1]) else {
            fatalError("usage: HummingbirdHello PORT")
        }
        let router = Router()
        router.get("/hello") { _, _ in "Hello, world!" }
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)))
        try await application.runService()
    }
}
