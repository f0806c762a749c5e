package import Contract
package import EventLoop
package import Logging

/// What an operator decides about a host, checked and complete.
///
/// Flags win, then `ROOST_…` variables, then roost.ENVIRONMENT.yaml, then roost.yaml.
/// See `Settings.load`.
package struct Settings: Sendable, Equatable {
    /// How safely the store writes.
    package enum Synchronous: String, Sendable, CaseIterable {
        /// Every commit is on the disk before anybody hears of it: a power cut loses nothing.
        case full
        /// Commits reach the disk a little later: the host's death loses nothing, a power cut may
        /// lose what was accepted in the last seconds.
        case normal
    }

    /// Who may use the admin listener.
    package enum AdminToken: Sendable, Equatable {
        /// Whoever reads host.json, where the token made at each start lies.
        case madeAtStart
        /// Whoever knows this token.
        case fixed(String)
        /// Everybody who reaches it; on loopback only.
        case none
    }

    /// The app's executable; empty only where the settings were loaded without needing one.
    package var app = ""
    /// Where the store, its copies and host.json live; made with mode 0700 where it is missing.
    package var dataDirectory = ".roost"
    /// Serves HTTP triggers and nothing else.
    package var listen = SocketAddress(host: "127.0.0.1", port: 8080)
    /// Serves the API, metrics and health.
    package var admin = SocketAddress(host: "127.0.0.1", port: 8081)
    /// Whom the admin listener answers.
    package var adminToken = AdminToken.madeAtStart
    /// Worker processes of the pool; as many as the machine has cores where nobody says.
    package var workers = 1
    /// Names the second file of settings; handlers can read it.
    package var environment = "development"
    /// When a commit is on the disk: before it is answered, or soon after.
    package var synchronous = Synchronous.full
    /// The least important lines that are written.
    package var logLevel = Logger.Level.info
    /// Every bound, each with its default where nobody says.
    package var limits = Limits()
    /// What replaces the policies of functions, by the functions' names.
    package var functions: [String: PolicyOverrides] = [:]
    /// The directories of the buckets, by their names, as they were written.
    package var buckets: [String: String] = [:]
    /// Where every value that somebody set came from, by its key: "listen", "limits.backlogMax",
    /// "functions.create-order.timeout".
    package internal(set) var origins: [String: SettingsOrigin] = [:]

    /// The defaults, and no app.
    package init() {}

    /// Where the value of a key came from: `.standard` where nobody set it.
    package func origin(of key: String) -> SettingsOrigin { origins[key] ?? .standard }

    /// What is allowed and still deserves a look, as log messages at start.
    package var warnings: [String] {
        var warnings: [String] = []
        if adminToken == .none {
            warnings.append(
                "the admin listener asks for no token: every user of this machine may operate it")
        }
        if synchronous == .normal {
            warnings.append(
                "synchronous is normal: a power cut may lose what was accepted in the last seconds")
        }
        return warnings
    }
}
