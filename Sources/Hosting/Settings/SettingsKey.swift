import Contract
import Logging

/// One thing that can be set: its name, the form of its value and where the value goes.
struct SettingsKey: Sendable {
    /// "listen", "limits.backlogMax" or, with a star for the function's name,
    /// "functions.*.timeout".
    let name: String
    let expected: String
    let isShown: Bool
    /// False where the value is not of the key's form. The text is the function's name, if any.
    let set: @Sendable (SettingsFound, String, inout Settings) -> Bool

    /// A key of the host.
    init<Value>(
        _ name: String, _ form: SettingsForm<Value>,
        _ assign: @escaping @Sendable (inout Settings, Value) -> Void
    ) {
        self.init(name: name, form: form) { settings, _, value in assign(&settings, value) }
    }

    /// A key of each function.
    init<Value>(
        function name: String, _ form: SettingsForm<Value>,
        _ assign: @escaping @Sendable (inout PolicyOverrides, Value) -> Void
    ) {
        self.init(name: "functions.*.\(name)", form: form) { settings, function, value in
            assign(&settings.functions[function, default: PolicyOverrides()], value)
        }
    }

    private init<Value>(
        name: String, form: SettingsForm<Value>,
        _ assign: @escaping @Sendable (inout Settings, String, Value) -> Void
    ) {
        self.name = name
        expected = form.expected
        isShown = form.isShown
        set = { found, function, settings in
            guard let value = form.read(found) else { return false }
            assign(&settings, function, value)
            return true
        }
    }
}

extension SettingsKey {
    static let workersMax = 1024

    private static let ofHost: [SettingsKey] = [
        SettingsKey("app", .path) { $0.app = $1 },
        SettingsKey("dataDirectory", .path) { $0.dataDirectory = $1 },
        SettingsKey("listen", .address) { $0.listen = $1 },
        SettingsKey("admin", .address) { $0.admin = $1 },
        SettingsKey("adminToken", .adminToken) { $0.adminToken = $1 },
        SettingsKey("workers", .count(1...workersMax)) { $0.workers = $1 },
        SettingsKey("environment", .word) { $0.environment = $1 },
        SettingsKey("synchronous", .choice) { $0.synchronous = $1 },
        SettingsKey("logLevel", .choice) { $0.logLevel = $1 },
    ]

    private static let ofFunctions: [SettingsKey] = [
        SettingsKey(function: "timeout", .duration(.milliseconds(1)...(.hours(24)))) {
            $0.timeout = $1
        },
        SettingsKey(function: "maxAge", .duration(.zero...(.days(365)))) { $0.maxAge = $1 },
        SettingsKey(function: "concurrency", .countOrUnlimited(1...100_000)) {
            $0.concurrencyMax = .some($1)
        },
        SettingsKey(function: "priority", .choice) { $0.priority = $1 },
        SettingsKey(function: "depthMax", .count(1...1_000_000)) { $0.depthMax = $1 },
        SettingsKey(function: "retry", .never) { overrides, _ in overrides.growth = .never },
        SettingsKey(function: "retry.attempts", .count(1...1000)) { overrides, count in
            overrides.attemptsMax = count
            // A stronger source that counts attempts takes back that there shall be none but one.
            if overrides.growth == .never { overrides.growth = nil }
        },
        SettingsKey(function: "retry.jitter", .choice(of: [.none, .half])) { $0.jitter = $1 },
        SettingsKey(function: "retry.exponential.from", .duration(delays)) {
            $0.setExponential(from: $1)
        },
        SettingsKey(function: "retry.exponential.to", .duration(delays)) {
            $0.setExponential(to: $1)
        },
        SettingsKey(function: "retry.linear", .duration(delays)) { $0.growth = .linear($1) },
        SettingsKey(function: "retry.fixed", .duration(delays)) { $0.growth = .fixed($1) },
        SettingsKey(function: "retry.table", .durations(delays, countMax: 1000)) {
            $0.growth = .table($1)
        },
    ]

    private static let ofBuckets = [
        SettingsKey(name: "buckets.*.directory", form: SettingsForm.path) {
            settings, bucket, directory in
            settings.buckets[bucket] = directory
        }
    ]

    private static let delays = Duration.milliseconds(1)...Retry.delayMax

    static let all = ofHost + Limits.all.map(\.key) + ofFunctions + ofBuckets

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The key at a path, or nil where there is none.
    static func at(_ path: [String]) -> SettingsKey? { byName[name(of: path)] }

    /// The names that may stand within a group; none where the path is no group.
    static func members(of path: [String]) -> [String] {
        let prefix = path.isEmpty ? "" : name(of: path) + "."
        var members: [String] = []
        for key in all where key.name.hasPrefix(prefix) {
            let member = String(key.name.dropFirst(prefix.count).prefix { $0 != "." })
            if !members.contains(member) { members.append(member) }
        }
        return members
    }

    private static func name(of path: [String]) -> String {
        var path = path
        if ["functions", "buckets"].contains(path.first), path.count > 1 { path[1] = "*" }
        return path.joined(separator: ".")
    }
}

extension SettingsForm where Value == Settings.AdminToken {
    /// 16 characters and more, for a short token can be guessed.
    fileprivate static let adminToken = SettingsForm(
        expected: "16 to 256 visible ASCII characters, or none", isShown: false
    ) { found in
        guard case .text(let text) = found else { return nil }
        if text == "none" { return Settings.AdminToken.none }
        let isVisible = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        return isVisible && (16...256).contains(text.utf8.count) ? .fixed(text) : nil
    }
}

extension SettingsForm where Value == Void {
    fileprivate static let never = SettingsForm(expected: "never, or a group of keys") { found in
        found == .text("never") ? () : nil
    }
}

extension PolicyOverrides {
    fileprivate mutating func setExponential(from: Duration? = nil, to: Duration? = nil) {
        var bounds: (from: Duration?, to: Duration?) = (nil, nil)
        if case .exponential(let from, let to) = growth { bounds = (from, to) }
        growth = .exponential(from: from ?? bounds.from, to: to ?? bounds.to)
    }
}
