/// What `roost serve` and `roost check` were told on the command line, word for word; nil for what
/// they were not told.
package struct ServeFlags: Sendable {
    /// The path of the app's executable.
    package var app: String?
    /// The data directory.
    package var data: String?
    /// The public address, `host:port`; port 0 picks one.
    package var listen: String?
    /// The admin address, `host:port`; port 0 picks one.
    package var admin: String?
    /// The number of worker processes.
    package var workers: String?
    /// Which roost.ENVIRONMENT.yaml is read.
    package var environment: String?
    /// The least important lines that are written.
    package var logLevel: String?

    /// Nothing was said.
    package init() {}

    /// Each flag with its key, in the order of the help text.
    var values: [(flag: String, key: String, text: String)] {
        let all: [(String, String, String?)] = [
            ("--app", "app", app), ("--data", "dataDirectory", data),
            ("--listen", "listen", listen),
            ("--admin", "admin", admin), ("--workers", "workers", workers),
            ("--environment", "environment", environment), ("--log-level", "logLevel", logLevel),
        ]
        return all.compactMap { flag, key, text in text.map { (flag, key, $0) } }
    }
}
