import Glibc
import Roost

/// The delays that one worker has seen.
public struct SeenDelays: Codable, Sendable {
    var worker: Int
    var stepMicroseconds: Int
    /// Pairs of a step and how many delays fell into it; the last step takes all that are longer.
    var counts: [[Int]]

    /// What this worker has counted so far.
    public init(_ delays: DelayCounts) {
        worker = Int(getpid())
        stepMicroseconds = DelayCounts.stepMicroseconds
        counts = delays.counted
    }
}

/// The wall clock of this machine.
public func nowMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}
