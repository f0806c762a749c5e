import Contract

/// The functions of the simulated app, each with a part of its own.
enum Role: Int, Sendable, CaseIterable {
    /// Counts up a document of its invocation; fails now and then.
    case pay
    /// Reads two documents that everybody reads, and writes one of them.
    case tally
    /// Publishes a message and sends a command, each with a key.
    case relay
    /// Is told messages, in order where they have a key.
    case hear
    /// Is told of changed documents.
    case notice
    /// Is told of files.
    case intake
    /// Writes a file to the bucket that `intake` watches.
    case export
    /// Is run by schedules.
    case report
    /// Serves calls.
    case serve
    /// Ends its worker whenever it runs.
    case bomb
    /// Two at once, at low priority.
    case slow

    var name: String { "\(self)" }

    var declaration: FunctionDeclaration {
        FunctionDeclaration(name: name, input: input, policies: policies)
    }

    private var input: InputKind {
        switch self {
        case .pay, .tally, .relay, .export, .bomb, .slow: .command
        case .hear: .message
        case .notice: .document
        case .intake: .file
        case .report: .tick
        case .serve: .request
        }
    }

    var policies: Policies {
        switch self {
        case .pay: Policies(retry: .exponential(from: .seconds(1), to: .seconds(20), attempts: 6))
        case .tally, .relay, .export:
            Policies(retry: .exponential(from: .seconds(2), to: .minutes(2), attempts: 5))
        case .hear: Policies(retry: .linear(.seconds(3), attempts: 4))
        case .notice: Policies(retry: .table(.seconds(1), .seconds(5)))
        case .intake: Policies(retry: .fixed(.seconds(5), attempts: 3), priority: .high)
        case .report: Policies(retry: .fixed(.seconds(90), attempts: 3))
        case .serve: Policies()
        case .bomb: Policies(retry: .fixed(.seconds(2), attempts: 3))
        case .slow:
            Policies(
                retry: .exponential(from: .seconds(1), to: .seconds(30), attempts: 4),
                maxAge: .minutes(10), concurrencyMax: 2, priority: .low)
        }
    }

    static let declarations = allCases.map(\.declaration)

    static let triggers = [
        TriggerDeclaration(function: "hear", rule: .topic(pattern: "news.*", filter: [:])),
        TriggerDeclaration(
            function: "notice",
            rule: .document(pattern: "tally/{id}", kinds: ["created", "updated"])),
        TriggerDeclaration(
            function: "intake",
            rule: .file(bucket: "inbox", matching: "**", kinds: ["created", "updated"])),
    ]

    static let schedules = [
        schedule("quarterly", "*/15 * * * *", overlap: "skip"),
        schedule("nightly", "30 2 * * *", overlap: "queue", missed: "all:3"),
        schedule("morning", "0 3 * * *", overlap: "allow", missed: "skip", jitter: 20_000),
        ScheduleDeclaration(
            name: "pulse", function: "report", pattern: .everyMilliseconds(420_000), zone: "UTC",
            missed: "latest", overlap: "queue", gap: "after", repeated: "first",
            jitterMilliseconds: 0),
    ]

    private static func schedule(
        _ name: String, _ pattern: String, overlap: String, missed: String = "latest",
        jitter: Int64 = 0
    ) -> ScheduleDeclaration {
        ScheduleDeclaration(
            name: name, function: "report", pattern: .cron(pattern), zone: "Europe/Berlin",
            missed: missed, overlap: overlap, gap: "after", repeated: "first",
            jitterMilliseconds: jitter)
    }
}
