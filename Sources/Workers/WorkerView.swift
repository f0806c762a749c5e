package import Contract

/// A worker as people see it.
package struct WorkerView: Sendable, Equatable {
    /// Where it stands in its life.
    package enum State: String, Sendable {
        /// Started, and has not said hello.
        case starting
        case ready
        /// Given nothing new; it ends when what it runs has ended.
        case retiring
        /// It has ended, and what it wrote is being read.
        case ended
    }

    /// Its process identifier.
    package var pid: Int32
    /// Where it stands.
    package var state: State
    /// True for one that runs a single suspect, beside the pool.
    package var isApart: Bool
    /// Attempts under way.
    package var inside: Int
    /// Attempts since its start.
    package var runs: Int
    /// When its process was started, by the wall clock.
    package var startedAt: Instant
    /// Resident memory when it was last looked at.
    package var residentBytes: Int
}

/// Why the app could not be started.
package enum WorkerError: Error, Sendable, Equatable, CustomStringConvertible {
    case notStarted(String)
    /// The app's own words on what is wrong with its declarations.
    case refused(String)
    case protocolVersion(found: UInt64, expected: UInt64)
    case silent(Duration)
    case ended(String)
    case misbehaved(String)

    package var description: String {
        switch self {
        case .notStarted(let why):
            "the app could not be started: \(why); --app names its executable, which swift build makes"
        case .refused(let words): "the app refuses to start: \(words)"
        case .protocolVersion(let found, let expected):
            "the app speaks version \(found) of the worker protocol and this host version \(expected); "
                + "build both from the same release of Roost"
        case .silent(let limit):
            "the app did not say hello within \(limit.milliseconds) ms of its start; is it a Roost app, "
                + "with @main on a FunctionApp?"
        case .ended(let how):
            "the app ended before it said hello: it \(how); is it a Roost app, with @main on a FunctionApp?"
        case .misbehaved(let what): "the app's worker \(what)"
        }
    }
}
