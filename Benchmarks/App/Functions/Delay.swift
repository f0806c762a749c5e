import Glibc
import Roost

struct Stamped: Codable, Sendable {
    /// When it was sent, on the wall clock of this machine.
    var sentMicroseconds: Int
}

/// The delays that one worker has seen.
struct SeenDelays: Codable, Sendable {
    var worker: Int
    var stepMicroseconds: Int
    /// Pairs of a step and how many delays fell into it; the last step takes all that are longer.
    var counts: [[Int]]
}

private let delays = DelayCounts()

/// Notes how long ago its command was sent.
let measureDelay = Function("measure-delay", retry: .never) { (command: Command<Stamped>, _) in
    delays.add(microseconds: nowMicroseconds() - command.payload.sentMicroseconds)
}

/// Tells what the worker that answers has noted.
let tellDelays = Function("tell-delays") { (_: WebRequest, _) in
    .json(
        SeenDelays(
            worker: Int(getpid()), stepMicroseconds: DelayCounts.stepMicroseconds,
            counts: delays.counted))
}

private func nowMicroseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
}
