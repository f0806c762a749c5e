/// What an app declares: told by its worker at hello, read by the host, `roost check` and tests.
package struct Manifest: Sendable, Equatable, Codable {
    /// The name of the app's type.
    package var app: String
    /// In the order of the app's list; a delivery names a function by its place here.
    package var functions: [FunctionDeclaration]
    /// What makes events of requests, messages, changes and files.
    package var triggers: [TriggerDeclaration]
    /// What makes events of the clock; those made at run time are not among them.
    package var schedules: [ScheduleDeclaration]
    /// The fields that queries may use without looking at every document.
    package var indexes: [IndexDeclaration]

    /// What the app does not declare is empty.
    package init(
        app: String, functions: [FunctionDeclaration], triggers: [TriggerDeclaration] = [],
        schedules: [ScheduleDeclaration] = [], indexes: [IndexDeclaration] = []
    ) {
        self.app = app
        self.functions = functions
        self.triggers = triggers
        self.schedules = schedules
        self.indexes = indexes
    }
}

/// One function of an app.
package struct FunctionDeclaration: Sendable, Equatable, Codable {
    /// Unique in the app; it keeps `NameRule.function`.
    package var name: String
    /// What its handler takes; only events of this kind may come to it.
    package var input: InputKind
    /// What its author asked for; an operator's settings may take their place.
    package var policies: Policies
    /// The names of the secrets that it reads.
    package var secrets: [String]

    /// A function without secrets, under the default policies, unless it says otherwise.
    package init(
        name: String, input: InputKind, policies: Policies = Policies(), secrets: [String] = []
    ) {
        self.name = name
        self.input = input
        self.policies = policies
        self.secrets = secrets
    }
}

/// One rule that turns something that happens into events for a function.
package struct TriggerDeclaration: Sendable, Equatable, Codable {
    /// What has to happen, by the kind of function that it is for.
    package enum Rule: Sendable, Equatable, Codable {
        case http(
            method: String, path: String, mode: Mode, idempotency: Idempotency, bodyBytesMax: Int?)
        case topic(pattern: String, filter: [String: String])
        case document(pattern: String, kinds: [String])
        case file(bucket: String, matching: String, kinds: [String])
    }

    /// The name of the function that gets the events.
    package var function: String
    /// What makes an event for it.
    package var rule: Rule

    /// A function and what it is run for.
    package init(function: String, rule: Rule) {
        self.function = function
        self.rule = rule
    }
}

/// One trigger whose something is the clock.
package struct ScheduleDeclaration: Sendable, Equatable, Codable {
    /// When it is due: by the wall clock of its zone, or at even steps from the Unix epoch.
    package enum Pattern: Sendable, Hashable, Codable {
        case cron(String)
        case everyMilliseconds(Int64)
    }

    /// The most that `missed` may let run, lest a long downtime makes work for days.
    package static let missedMax = 1_000

    /// Unique among the schedules; its function's name where the author gives none.
    package var name: String
    /// The name of the function that gets the ticks.
    package var function: String
    /// When it is due.
    package var pattern: Pattern
    /// An IANA name such as "Europe/Berlin"; whether there is such a zone only the host knows.
    package var zone: String
    /// What becomes of instants that nobody saw pass: "skip", "latest" or "all:" and the most that
    /// run, 1 to `missedMax`.
    package var missed: String
    /// What becomes of a tick while the one before runs: "skip", "queue" or "allow".
    package var overlap: String
    /// What becomes of a fixed time that a spring change removes: "after" or "skip".
    package var gap: String
    /// What becomes of a fixed time that an autumn change repeats: "first" or "both".
    package var repeated: String
    /// By how much a tick is put off at most, by chance; 0 for none.
    package var jitterMilliseconds: Int64

    /// Checks nothing: what the words may be is looked at where the app is checked and where they
    /// are read.
    package init(
        name: String, function: String, pattern: Pattern, zone: String, missed: String,
        overlap: String,
        gap: String, repeated: String, jitterMilliseconds: Int64
    ) {
        self.name = name
        self.function = function
        self.pattern = pattern
        self.zone = zone
        self.missed = missed
        self.overlap = overlap
        self.gap = gap
        self.repeated = repeated
        self.jitterMilliseconds = jitterMilliseconds
    }
}

extension TriggerDeclaration.Rule {
    /// As people see it: "POST /orders", "POST /hooks (accept)", "topic orders.placed".
    package var words: String {
        switch self {
        case .http(let method, let path, let mode, _, _):
            "\(method) \(path)" + (mode == .accept ? " (accept)" : "")
        case .topic(let pattern, _): "topic \(pattern)"
        case .document(let pattern, _): "documents \(pattern)"
        case .file(let bucket, let matching, _): "files \(bucket)/\(matching)"
        }
    }
}
