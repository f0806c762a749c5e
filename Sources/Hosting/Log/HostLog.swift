import Contract
import Glibc
package import Logging
import Synchronization

/// The host's log: lines go into a bounded ring, and a thread of their own writes them.
///
/// Whoever writes never waits: not for the disk, not for a pipe that nobody reads. When the ring is
/// full lines are dropped, and the next line that is written says how many.
package final class HostLog: Sendable {
    /// The process's log, on standard error.
    package static let shared = HostLog(descriptor: STDERR_FILENO)

    private struct State {
        var ring: LogRing
        /// The thread holds lines that it took and has not written yet.
        var isWriting = false
        /// Somebody waits in `flush`.
        var isAwaited = false
        var droppedTotal = 0
        var isClosed = false
    }

    private let state: Mutex<State>
    private let levelOrder = Atomic(Logger.Level.info.order)
    private let output: LogOutput
    private let written = LogBell()
    private let due = LogBell()

    /// Starts the thread.
    init(descriptor: Int32, linesMax: Int = 8192, bytesMax: Int = 8 << 20) {
        output = LogOutput(descriptor: descriptor)
        state = Mutex(State(ring: LogRing(linesMax: linesMax, bytesMax: bytesMax)))
        startThread()
    }

    /// The least important lines that are written; info at first.
    package var level: Logger.Level {
        get { Logger.Level.allCases[levelOrder.load(ordering: .relaxed)] }
        set { levelOrder.store(newValue.order, ordering: .relaxed) }
    }

    /// Whether lines of a level are written at all: ask before making an expensive text.
    package func writes(_ level: Logger.Level) -> Bool {
        level.order >= levelOrder.load(ordering: .relaxed)
    }

    /// All lines that were ever dropped because the ring was full, for metrics.
    package var droppedCount: Int { state.withLock { $0.droppedTotal } }

    /// Puts a line into the ring; drops and counts it where there is no room.
    package func write(_ level: Logger.Level, _ message: String, _ fields: [String: String] = [:]) {
        guard writes(level) else { return }
        let line = LogLine(time: .now, level: level, message: message, fields: fields)
        let wakes = state.withLock { state in
            let wasEmpty = state.ring.isEmpty
            if !state.ring.add(line) { state.droppedTotal += 1 }
            return wasEmpty && !state.isWriting
        }
        if wakes { due.ring() }
    }

    /// Waits until all lines so far are written, or the time is up; false in the second case.
    ///
    /// Called at the end of the process. Blocks its thread, so nobody else may call it on the loop.
    @discardableResult
    package func flush(within timeout: Duration = .seconds(2)) -> Bool {
        let start = ContinuousClock.now
        while !isWritten() {
            let left = timeout - (ContinuousClock.now - start)
            guard left > .zero else { return false }
            written.wait(left)
        }
        return true
    }

    private func isWritten() -> Bool {
        state.withLock { state in
            let isWritten = state.ring.isEmpty && !state.isWriting
            state.isAwaited = !isWritten
            return isWritten
        }
    }

    private func startThread() {
        let context = Unmanaged.passRetained(self).toOpaque()
        var id = pthread_t()
        let code = pthread_create(
            &id, nil,
            { context in
                Unmanaged<HostLog>.fromOpaque(context!).takeRetainedValue().writeForever()
                return nil
            }, context)
        precondition(code == 0, "the log's thread starts")
        pthread_detach(id)
    }

    private func writeForever() {
        while true {
            due.wait()
            while writeWhatWaits() {}
            if state.withLock({ $0.isClosed }) { break }
        }
        due.close()
        written.close()
    }

    /// Whether there was anything.
    private func writeWhatWaits() -> Bool {
        let (lines, dropped) = state.withLock { state in
            let taken = state.ring.take()
            state.isWriting = !taken.lines.isEmpty || taken.dropped > 0
            return taken
        }
        guard !lines.isEmpty || dropped > 0 else {
            let isAwaited = state.withLock { state in
                defer { state.isAwaited = false }
                return state.isAwaited
            }
            if isAwaited { written.ring() }
            return false
        }
        // When nobody reads any more, lines go nowhere, and the host goes on.
        _ = output.write(dropped == 0 ? lines : lines + [Self.notice(of: dropped)])
        return true
    }

    private static func notice(of dropped: Int) -> LogLine {
        LogLine(
            time: .now, level: .warning, message: "log lines were dropped, for the log was full",
            fields: ["count": "\(dropped)"])
    }

    /// Ends the thread once everything is written; nothing may be written after it.
    func close() {
        state.withLock { $0.isClosed = true }
        due.ring()
    }
}

extension Logger.Level {
    /// Its place in `allCases`, the least important first.
    fileprivate var order: Int {
        switch self {
        case .trace: 0
        case .debug: 1
        case .info: 2
        case .notice: 3
        case .warning: 4
        case .error: 5
        case .critical: 6
        }
    }
}

extension Instant {
    /// The wall clock, read without the loop: any thread may log.
    fileprivate static var now: Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
