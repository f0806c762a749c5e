/// What `roost serve` and `roost check` were told on the command line, word for word; nil for what
/// they were not told.
package struct ServeFlags: Sendable {
    package var app: String?
    package var data: String?
    package var listen: String?
    package var admin: String?
    package var workers: String?
    package var environment: String?
    package var logLevel: String?

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
