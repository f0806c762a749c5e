import Delays
import FoundationEssentials
import Roost

struct Stamped: Codable, Sendable {
    /// When it was sent, on the wall clock of this machine.
    var sentMicroseconds: Int
}

struct Item: Codable, Sendable {
    var number: Int
}

let delayTopic = Topic<Stamped>("bench.delay")
let fanTopic = Topic<Stamped>("bench.fan")
let items = DocumentCollection<Item>("items")

private let delays = DelayCounts()

/// Notes how long ago its message was published.
let measureMessage = Function("measure-message", retry: .never) {
    (message: Message<Stamped>, _) in
    delays.add(microseconds: nowMicroseconds() - message.data.sentMicroseconds)
}

/// Notes how long ago its file was written, which the file says.
let measureFile = Function("measure-file", retry: .never) { (file: FileEvent, _) in
    let began = nowMicroseconds()
    guard let sent = Int(try await file.text()) else { throw Rejection("the file says no time") }
    delays.add(microseconds: began - sent)
}

/// Notes how late it is after the planned instant.
let measureTick = Function("measure-tick", retry: .never) { (tick: Tick, _) in
    let planned = Int(tick.scheduledFor.timeIntervalSince1970 * 1_000_000)
    delays.add(microseconds: nowMicroseconds() - planned)
}

let noteDocument = Function("note-document") { (_: DocumentChange<Item>, _) in }
let noteFile = Function("note-file") { (_: FileEvent, _) in }
let noteTick = Function("note-tick") { (_: Tick, _) in }

/// A hundred that subscribe to one topic.
let fans = (0..<100).map { Function("fan-\($0)") { (_: Message<Stamped>, _) in } }

/// Tells what the worker that answers has noted.
let tellDelays = Function("tell-delays") { (_: WebRequest, _) in .json(SeenDelays(delays)) }
