/// What an app declares: told by its worker at hello, read by the host, `roost check` and tests.
package struct Manifest: Sendable, Equatable, Codable {
    /// The name of the app's type.
    package var app: String
    package var functions: [FunctionDeclaration]
    package var triggers: [TriggerDeclaration]
    package var schedules: [ScheduleDeclaration]
    package var indexes: [IndexDeclaration]

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
    package var name: String
    package var input: InputKind
    package var policies: Policies
    /// The names of the secrets that it reads.
    package var secrets: [String]

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
    package enum Rule: Sendable, Equatable, Codable {
        case http(
            method: String, path: String, mode: Mode, idempotency: Idempotency, bodyBytesMax: Int?)
        case topic(pattern: String, filter: [String: String])
        case document(pattern: String, kinds: [String])
        case file(bucket: String, matching: String, kinds: [String])
    }

    package var function: String
    package var rule: Rule

    package init(function: String, rule: Rule) {
        self.function = function
        self.rule = rule
    }
}

/// One trigger whose something is the clock.
package struct ScheduleDeclaration: Sendable, Equatable, Codable {
    package enum Pattern: Sendable, Equatable, Codable {
        case cron(String)
        case everyMilliseconds(Int64)
    }

    package var name: String
    package var function: String
    package var pattern: Pattern
    package var zone: String
    package var missed: String
    package var overlap: String
    package var gap: String
    package var repeated: String
    package var jitterMilliseconds: Int64

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
