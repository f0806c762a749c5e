import ArgumentParser
import EventLoop
import Hosting

/// `roost serve`: runs a host until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a host: serve an app's functions until SIGTERM or SIGINT.",
        discussion: """
            Flags win over ROOST_… variables,\
             and those over roost.ENVIRONMENT.yaml and roost.yaml. \
            The first SIGTERM or SIGINT lets what runs end; a second one stops at once.
            """)

    @OptionGroup var settings: SettingsOptions

    @Option(
        help: ArgumentHelp(
            "Where HTTP triggers are served; port 0 picks one.", valueName: "host:port"))
    var listen: String?

    @Option(
        help: ArgumentHelp("Where the API is served; port 0 picks one.", valueName: "host:port"))
    var admin: String?

    @Option(help: ArgumentHelp("Worker processes; default: one for each core.", valueName: "n"))
    var workers: String?

    @Option(help: ArgumentHelp("The least important lines that are written.", valueName: "level"))
    var logLevel: String?

    func run() async throws {
        var flags = settings.flags
        flags.listen = listen
        flags.admin = admin
        flags.workers = workers
        flags.logLevel = logLevel
        try SettingsOptions.check(flags)
        do {
            throw ExitCode(try await Hosting.serve(flags, variables: Variables.forSettings))
        } catch let status as ExitCode {
            throw status
        } catch {
            throw CommandFailure.notDone("\(error)")
        }
    }
}

/// What `serve` and `check` are both told.
struct SettingsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The app's executable, which swift build makes.", valueName: "path"))
    var app: String?

    @Option(help: ArgumentHelp("The data directory; default: .roost", valueName: "dir"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Names the second file of settings; default: development", valueName: "name"))
    var environment: String?

    var flags: ServeFlags {
        var flags = ServeFlags()
        flags.app = app
        flags.data = data
        flags.environment = environment
        return flags
    }

    /// Throws where what was said is wrong by itself, before anything of an app is looked at.
    static func check(_ flags: ServeFlags) throws(CommandFailure) {
        do throws(SettingsError) {
            _ = try Settings.load(flags: flags, variables: Variables.forSettings)
        } catch {
            throw .badSettings("\(error)")
        }
    }
}
