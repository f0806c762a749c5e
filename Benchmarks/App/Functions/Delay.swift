import Delays
import Roost

struct Stamped: Codable, Sendable {
    /// When it was sent, on the wall clock of this machine.
    var sentMicroseconds: Int
}

private let delays = DelayCounts()

/// Notes how long ago its command was sent.
let measureDelay = Function("measure-delay", retry: .never) { (command: Command<Stamped>, _) in
    delays.add(microseconds: nowMicroseconds() - command.payload.sentMicroseconds)
}

/// Tells what the worker that answers has noted.
let tellDelays = Function("tell-delays") { (_: WebRequest, _) in .json(SeenDelays(delays)) }
