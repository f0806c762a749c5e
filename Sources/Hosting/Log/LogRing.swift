/// The lines that wait for the log's thread, bounded in number and in bytes.
///
/// What does not fit is dropped and counted: a log that nobody reads must not hold a host up.
struct LogRing: Sendable {
    private var lines: [LogLine] = []
    private var byteCount = 0
    /// The lines that were dropped since the last time somebody took them.
    private var droppedCount = 0
    private let linesMax: Int
    private let bytesMax: Int

    init(linesMax: Int, bytesMax: Int) {
        self.linesMax = linesMax
        self.bytesMax = bytesMax
    }

    /// Whether the line found room.
    mutating func add(_ line: LogLine) -> Bool {
        let size = line.byteCount
        guard lines.count < linesMax, byteCount + size <= bytesMax else {
            droppedCount += 1
            return false
        }
        lines.append(line)
        byteCount += size
        return true
    }

    /// Everything that waits, and how many lines had no room since the last call.
    mutating func take() -> (lines: [LogLine], dropped: Int) {
        defer {
            lines = []
            byteCount = 0
            droppedCount = 0
        }
        return (lines, droppedCount)
    }

    var isEmpty: Bool { lines.isEmpty && droppedCount == 0 }
}
