package import Logging

/// swift-log's way into the host's log, for what logs through a `Logger`.
package struct HostLogHandler: LogHandler {
    private let log: HostLog
    private let label: String
    /// Said with every line of this logger.
    package var metadata: Logger.Metadata = [:]
    /// What this logger leaves out on its own, beside what the log leaves out.
    package var logLevel: Logger.Level = .trace

    /// - Parameter label: the logger's; said as "logger" with each line.
    package init(label: String, log: HostLog = .shared) {
        self.label = label
        self.log = log
    }

    /// A value of `metadata`; nil takes it away.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        guard log.writes(event.level) else { return }
        var all = metadata
        if let more = event.metadata { all.merge(more) { _, new in new } }
        var fields = all.mapValues { "\($0)" }
        fields["logger"] = label
        if let error = event.error { fields["error"] = "\(error)" }
        log.write(event.level, "\(event.message)", fields)
    }
}

extension HostLog {
    /// A logger whose lines go here.
    package func logger(_ label: String) -> Logger {
        Logger(label: label) { HostLogHandler(label: $0, log: self) }
    }
}
