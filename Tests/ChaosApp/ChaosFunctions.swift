import Glibc
import HTTPTypes
import Roost

struct Entry: Codable, Sendable, Identifiable {
    var id: String
    var lane: String
    var change = 0
}

struct Work: Codable, Sendable {
    var id: String
    var lane = ""
}

/// What was done for one thing; every member is only ever incremented.
struct Tally: Codable, Sendable {}

struct Sum: Codable, Sendable, Identifiable {
    var id: String
    var count = 0
}

struct Copy: Codable, Sendable { var text: String }

let entries = DocumentCollection<Entry>("entries")
let tallies = DocumentCollection<Tally>("tallies")
let beats = DocumentCollection<Tally>("beats")
let sums = DocumentCollection<Sum>("sums")
let copies = DocumentCollection<Copy>("copies")
let entered = Topic<Work>("entered")

// `ChaosChecks` says again how many attempts there are here, in `flaky` and in `strike`.
private let patient = Retry.fixed(.milliseconds(50), attempts: 1000)

extension Context {
    fileprivate func count(_ member: String, _ id: String) throws {
        try self[tallies].merge([member: .increment(1)], id: id)
    }
}

/// One commit with an effect of every kind but a file.
let enter = Function("enter") { (request: WebRequest, context) in
    let work = try request.json(Work.self)
    return try await context.logged("enter", subject: work.id) {
        try context[entries].put(Entry(id: work.id, lane: work.lane))
        try context.publish(work, to: entered, orderingKey: work.lane)
        try context.send(work, to: add)
        try context.send(work, to: call)
        try context.count("entered", work.id)
        return WebResponse.text(work.id, status: .created)
    }
}

let later = Function("later", retry: patient) { (request: WebRequest, context) in
    let work = try request.json(Work.self)
    try await context.logged("later", subject: work.id) { try context.count("later", work.id) }
    return .text("")
}

let hear = Function("hear", retry: patient) { (message: Message<Work>, context) in
    let work = message.data
    try await context.logged("hear", key: message.orderingKey ?? "", subject: work.id) {
        try context.count("heard", work.id)
    }
}

let audit = Function("audit", retry: patient) { (change: DocumentChange<Entry>, context) in
    try await context.logged("audit", key: change.path, subject: change.id) {
        try context.count("audited", change.id)
    }
}

let ingest = Function("ingest", retry: patient) { (file: FileEvent, context) in
    try await context.logged("ingest", key: file.key, subject: file.key) {
        let text = try await file.text()
        try context.count("ingested", file.key)
        try await context.bucket("reports").put("\(file.key) \(text)", at: file.key)
    }
}

let noteCopy = Function("note-copy", retry: patient) { (file: FileEvent, context) in
    try await context.logged("note-copy", key: file.key, subject: file.key) {
        try context[copies].put(Copy(text: try await file.text()), id: file.key)
        try context.count("noted", file.key)
    }
}

/// Calls a service outside, which sees one key for all runs of this work.
let call = Function("call", timeout: .seconds(10), retry: patient) {
    (command: Command<Work>, context) in
    let id = command.payload.id
    try await context.logged("call", subject: id) {
        let service = getenv("CHAOS_SERVICE").map { String(cString: $0) } ?? ""
        let answer = try await context.http.post(
            service + "/calls", json: command.payload, timeout: .seconds(5))
        guard answer.status == .ok else { throw RetryLater(after: .milliseconds(50)) }
        try context.count("called", id)
    }
}

/// Adds one to a document that others add to as well, by reading it first.
let add = Function("add", retry: patient) { (command: Command<Work>, context) in
    let work = command.payload
    try await context.logged("add", subject: work.id) {
        var sum = try await context[sums].get(work.lane) ?? Sum(id: work.lane)
        sum.count += 1
        try context[sums].put(sum)
        try context.count("added", work.id)
    }
}

let beat = Function("beat", retry: patient) { (tick: Tick, context) in
    let planned = Int64((tick.scheduledFor.timeIntervalSince1970 * 1000).rounded())
    let id = "\(tick.schedule)-\(planned)"
    try await context.logged("beat", subject: id) {
        try context[beats].merge(["count": .increment(1)], id: id)
    }
}

struct Failure: Error {}

let flaky = Function("flaky", retry: .fixed(.milliseconds(20), attempts: 3)) {
    (command: Command<Work>, context) in
    try await context.logged("flaky", subject: command.payload.id) {
        try context.count("flaked", command.payload.id)
        throw Failure()
    }
}

let strike = Function("strike", retry: .fixed(.milliseconds(20), attempts: 2)) {
    (command: Command<Work>, context) in
    try await context.logged("strike", subject: command.payload.id) {
        try context.count("struck", command.payload.id)
        abort()
    }
}
