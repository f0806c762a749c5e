import Glibc
import Roost

/// What handlers did, a line for each beginning and each end, in a file that only grows.
///
/// A line is one write at the end of the file, so the lines of all workers are in the order in
/// which things happened. Its place comes from `CHAOS_LOG`, and is none of the host's.
struct RunLog: Sendable {
    static let shared = RunLog()

    private let file: Int32

    private init() {
        let path = getenv("CHAOS_LOG").map { String(cString: $0) } ?? "/dev/null"
        file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        precondition(file >= 0, "the log of the runs can be written")
    }

    func write(_ fields: String...) {
        let line = fields.joined(separator: "\t") + "\n"
        let written = line.withCString { Glibc.write(file, $0, line.utf8.count) }
        precondition(written == line.utf8.count, "a line of the log is written whole")
    }
}

extension Context {
    /// Runs a handler between two lines of the log.
    ///
    /// - Parameters:
    ///   - key: by what the order of runs is to be kept; empty for none.
    ///   - subject: what it works on. It says how long the run lasts, so that many are cut in two.
    func logged<Result>(
        _ function: String, key: String = "", subject: String, _ run: () async throws -> Result
    ) async throws -> Result {
        let log = RunLog.shared
        log.write("begin", function, invocation, event.id.description, "\(attempt)", key, subject)
        defer { log.write("end", function, invocation, event.id.description, "\(attempt)") }
        let weight = subject.utf8.reduce(0) { $0 &* 31 &+ Int($1) } & 15
        // A sleep, because handlers have to last a while, each its own.
        if weight < 8 { try await Task.sleep(for: .milliseconds(weight * 3)) }
        return try await run()
    }
}
