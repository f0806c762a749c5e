import ArgumentParser
import EventLoop
import Hosting

/// The binary `roost`: one file a verb.
///
/// It exits with 0 where the thing is done, 1 where it failed, 2 where the command line is wrong.
@main
struct RoostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "Runs the functions of a Swift app when something happens.",
        discussion: """
            Start a host with "roost serve --app PATH"; the other verbs ask a host that runs. They \
            find it through host.json in its data directory (.roost), or by --host and --token.
            """,
        version: RoostVersion.current,
        subcommands: [
            Serve.self, Check.self, Invoke.self, Send.self, Publish.self, Events.self,
            Invocations.self, Dead.self, Functions.self, Schedules.self, CronVerb.self,
            Documents.self, Status.self, Backup.self,
        ])

    static func main() async {
        do {
            let arguments = Array(CommandLine.arguments.dropFirst())
            if let misspelt = MisspeltVerb(in: arguments) { throw misspelt }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            end(with: error)
        }
        endProcess(0)
    }

    private static func end(with error: any Error) -> Never {
        switch error {
        case let failure as CommandFailure:
            Terminal.writeError("roost: \(failure)")
            endProcess(failure.status)
        case let misspelt as MisspeltVerb:
            Terminal.writeError("roost: \(misspelt)")
            endProcess(CommandFailure.usageStatus)
        case let code as ExitCode:
            endProcess(code.rawValue)
        default:
            let code = exitCode(for: error)
            let message = fullMessage(for: error)
            guard code != .success else {
                print(message)
                endProcess(0)
            }
            Terminal.writeError(message)
            endProcess(code == .validationFailure ? CommandFailure.usageStatus : 1)
        }
    }
}
