import Contract
import Dispatching
import EventLoop
import HTTPServer
import Invocations

/// `/v1/schedules`: what the clock causes, when next, and what became of it.
extension AdminAPI {
    private static let nextMax = 5

    func schedules(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let limit = try request.count("limit", in: 1...Self.pageMax, standard: 50)
        let query = Query.schedules(after: request.parameter("after"), limit: limit + 1)
        guard case .schedules(let rows) = try await read(query) else {
            preconditionFailure("a question about schedules has schedules for an answer")
        }
        let next = rows.count > limit ? rows[limit - 1].declaration.name : nil
        return .list(next: next) { items in
            for row in rows.prefix(limit) { items.object { write(row, next: 1, to: &$0) } }
        }
    }

    func schedule(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let limit = try request.count("limit", in: 1...Self.pageMax, standard: 20)
        let row = try await row(request.capture("name"))
        let query = Query.firings(schedule: row.declaration.name, limit: limit)
        guard case .firings(let firings) = try await read(query) else {
            preconditionFailure("a question about firings has firings for an answer")
        }
        return .object { object in
            write(row, next: Self.nextMax, to: &object)
            object.array("firings") { array in
                for firing in firings { array.object { Self.write(firing, to: &$0) } }
            }
        }
    }

    /// Makes a schedule, or puts another in the place of one that was made at run time.
    func setSchedule(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        let name = request.capture("name")
        if let error = NameRule.schedule.error(for: name) { throw .badName("\(error)") }
        let declaration = try ScheduleOrder(request).declaration(name)
        if let mistake = parts.scheduleMistake(declaration) { throw .badSchedule(mistake) }
        return try await changed(.set(declaration, now: parts.clock()))
    }

    func removeSchedule(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        if case .refused(let refusal) = await parts.plan(.remove(request.capture("name"))) {
            throw .refused(refusal, recorded: 0)
        }
        return AdminReply(status: 204, fields: .init())
    }

    func setPaused(_ isPaused: Bool, schedule request: AdminRequest) async throws(AdminError)
        -> AdminReply
    {
        try request.expectNoMembers()
        return try await changed(
            .pause(request.capture("name"), isPaused: isPaused, now: parts.clock()))
    }

    func fireSchedule(_ request: AdminRequest) async throws(AdminError) -> AdminReply {
        try request.expectNoMembers()
        let declaration = try await row(request.capture("name")).declaration
        // Its instants pass by; who fires it has to hear that nothing would run.
        guard parts.dispatcher.registry[declaration.function] != nil else {
            throw .nothingToFire(schedule: declaration.name, function: declaration.function)
        }
        switch await parts.fire(declaration.name) {
        case .planned(let planned):
            return .object(status: 202) { object in
                object.member("id", planned.events.first??.description)
            }
        case .refused(let refusal): throw .refused(refusal, recorded: 0)
        default: preconditionFailure("a firing is planned or refused")
        }
    }

    private func changed(_ planning: Planning) async throws(AdminError) -> AdminReply {
        switch await parts.plan(planning) {
        case .planned(let planned):
            return .object { object in
                if let row = planned.row { write(row, next: Self.nextMax, to: &object) }
            }
        case .refused(let refusal): throw .refused(refusal, recorded: 0)
        default: preconditionFailure("a schedule is planned or refused")
        }
    }

    private func row(_ name: String) async throws(AdminError) -> ScheduleRow {
        guard case .schedules(let rows) = try await read(.schedule(name: name)),
            let row = rows.first
        else { throw .refused(.unknownSchedule(name), recorded: 0) }
        return row
    }

    private func write(_ row: ScheduleRow, next count: Int, to object: inout JSONWriter) {
        let declaration = row.declaration
        object.member("name", declaration.name)
        object.member("function", declaration.function)
        switch declaration.pattern {
        case .cron(let text):
            object.member("cron", text)
            object.member("zone", declaration.zone)
        case .everyMilliseconds(let interval):
            object.member("everySeconds", Double(interval) / 1000)
        }
        object.member("missed", declaration.missed)
        object.member("overlap", declaration.overlap)
        object.member("gap", declaration.gap)
        object.member("repeated", declaration.repeated)
        object.member("jitterSeconds", Double(declaration.jitterMilliseconds) / 1000)
        object.member("declared", row.isDeclared)
        object.member("paused", row.isPaused)
        object.member("retired", row.isRetired)
        object.member("since", row.since.rfc3339)
        object.member("lastFiredFor", row.lastFired?.rfc3339)
        object.array("next") { array in
            for instant in parts.nextInstants(declaration.name, count) {
                array.value(instant.rfc3339)
            }
        }
    }

    private static func write(_ firing: FiringRow, to object: inout JSONWriter) {
        object.member("plannedFor", firing.first.rfc3339)
        if firing.last != firing.first { object.member("through", firing.last.rfc3339) }
        object.member("event", firing.event?.description)
        object.member("skipped", firing.reason?.rawValue)
    }
}

/// The body of `PUT /v1/schedules/{name}`: `{"function":…, "cron":… or "everySeconds":…, …}`.
struct ScheduleOrder {
    private var function: String?
    private var cron: String?
    private var everySeconds: Double?
    private var zone = "UTC"
    private var missed = "latest"
    private var overlap: String?
    private var gap = "after"
    private var repeated = "first"
    private var jitterSeconds = 0.0

    private static let members = [
        "function", "cron", "everySeconds", "zone", "missed", "overlap", "gap", "repeated",
        "jitterSeconds",
    ]

    init(_ request: AdminRequest) throws(AdminError) {
        try request.eachMember(among: Self.members) { (name, value) throws(AdminError) in
            try read(name.string, value)
        }
    }

    private mutating func read(_ name: String, _ value: JSONValue) throws(AdminError) {
        switch name {
        case "function": function = try value.text(of: name, expected: "a function's name")
        case "cron": cron = try value.text(of: name, expected: "a pattern such as \"0 3 * * *\"")
        case "everySeconds": everySeconds = try Self.seconds(name, value)
        case "zone": zone = try value.text(of: name, expected: "a zone such as Europe/Berlin")
        case "missed":
            missed = try value.text(of: name, expected: "skip, latest or all:N, such as all:100")
        case "overlap":
            overlap = try Self.choice(name, value, Firing.Overlap.all.map(\.rawValue))
        case "gap": gap = try Self.choice(name, value, ["after", "skip"])
        case "repeated": repeated = try Self.choice(name, value, ["first", "both"])
        default: jitterSeconds = try Self.seconds(name, value)
        }
    }

    func declaration(_ name: String) throws(AdminError) -> ScheduleDeclaration {
        guard let function else {
            throw .badMember("function", found: "missing", expected: "a function that takes a tick")
        }
        guard (cron == nil) != (everySeconds == nil) else {
            throw .badMember(
                "cron", found: cron == nil ? "missing" : "there beside everySeconds",
                expected: "one of cron and everySeconds")
        }
        let standard = missed.hasPrefix("all:") ? Firing.Overlap.queue : .skip
        let overlap = overlap ?? standard.rawValue
        guard standard == .skip || overlap != Firing.Overlap.skip.rawValue else {
            throw .badMember(
                "overlap", found: "skip",
                expected: "queue or allow, for missed: all runs what skip leaves out")
        }
        return ScheduleDeclaration(
            name: name, function: function,
            pattern: cron.map { .cron($0) }
                ?? .everyMilliseconds(Int64(((everySeconds ?? 0) * 1000).rounded())),
            zone: zone, missed: missed, overlap: overlap, gap: gap, repeated: repeated,
            jitterMilliseconds: Int64((jitterSeconds * 1000).rounded()))
    }

    private static func choice(
        _ name: String, _ value: JSONValue, _ choices: [String]
    ) throws(AdminError) -> String {
        let expected = "one of \(choices.joined(separator: ", "))"
        let text = try value.text(of: name, expected: expected)
        guard choices.contains(text) else {
            throw .badMember(name, found: "\"\(text)\"", expected: expected)
        }
        return text
    }

    private static func seconds(_ name: String, _ value: JSONValue) throws(AdminError) -> Double {
        guard let seconds = value.double, (0...31_536_000).contains(seconds) else {
            throw .badMember(
                name,
                found: value.kind == .number
                    ? String(decoding: value.bytes.prefix(40), as: UTF8.self) : value.kind.rawValue,
                expected: "a number of seconds, up to a year")
        }
        return seconds
    }
}

extension Firing.Overlap {
    fileprivate static let all: [Firing.Overlap] = [.skip, .queue, .allow]
}
