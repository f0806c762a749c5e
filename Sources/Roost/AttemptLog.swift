import Contract
import Glibc
import Logging

/// Sends a handler's log lines to the host.
struct AttemptLog: LogHandler {
    let attempt: Attempt
    var metadata: Logger.Metadata = [:]
    var logLevel = AttemptLog.levelOfProcess

    init(attempt: Attempt) { self.attempt = attempt }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let more = event.metadata { all.merge(more) { _, new in new } }
        let line = WorkerLog(
            level: event.level.rawValue,
            message: "\(event.message)".prefixed(bytes: Self.messageBytesMax),
            metadata: Self.bounded(all))
        attempt.host.log(line, for: attempt)
    }

    /// A line has to fit into a frame, whatever a handler puts beside its message.
    static func bounded(_ metadata: Logger.Metadata) -> [String: String] {
        var kept = Array(metadata)
        if kept.count > valuesMax {
            kept.sort { $0.key < $1.key }
            kept.removeSubrange(valuesMax...)
        }
        return Dictionary(
            kept.map { key, value in
                (key.prefixed(bytes: keyBytesMax), "\(value)".prefixed(bytes: messageBytesMax))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// What one message, or one value beside it, may weigh; what is longer is cut.
    static let messageBytesMax = 16 * 1024
    /// What the name of a value may weigh; what is longer is cut.
    static let keyBytesMax = 255
    /// How many values a line may have; the last ones by name are left out.
    static let valuesMax = 100

    private static let levelOfProcess: Logger.Level = {
        guard let name = getenv("LOG_LEVEL") else { return .info }
        return Logger.Level(rawValue: String(cString: name).lowercased()) ?? .info
    }()
}

extension String {
    /// As much of the beginning as fits, cut between characters.
    func prefixed(bytes max: Int) -> String {
        guard utf8.count > max else { return self }
        var end = utf8.index(startIndex, offsetBy: max)
        while String.Index(end, within: self) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}
