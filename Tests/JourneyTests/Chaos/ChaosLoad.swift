import EventLoop
import Foundation
import HTTPClient
import HTTPTypes
import Testing

/// Asks things of a host that dies again and again, and keeps what was promised.
///
/// As careful callers do, it sends a thing again, with the same key, until it is told that it was
/// accepted.
actor ChaosLoad {
    /// What the host was asked and said that it accepted.
    struct Ledger: Sendable {
        /// How often each was sent.
        var accepted: [ChaosDeed: Int] = [:]
        /// Events whose identifiers were told.
        var events: Set<String> = []
        /// Calls in all, and those that went wrong.
        var sent = 0
        var refused = 0
    }

    private(set) var ledger = Ledger()
    private nonisolated let caller: Caller
    private let host: HostUnderTest
    private var file: HostUnderTest.HostFile
    private var chance: SeededChance
    private var next = 0
    private var isFinishing = false

    private static let clients = 6
    private static let pace = Duration.milliseconds(30)
    private static let patience = Duration.seconds(120)

    init(host: HostUnderTest, caller: Caller, chance: SeededChance) {
        self.host = host
        self.caller = caller
        self.chance = chance
        file = host.file
    }

    func moved(to file: HostUnderTest.HostFile) { self.file = file }

    func finish() { isFinishing = true }

    /// Goes on until told to finish, and until all that was begun is accepted.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.clients {
                group.addTask {
                    while let deed = await self.take() {
                        try await self.doUntilAccepted(deed)
                        await LoopTimer.wait(Self.pace)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func take() -> ChaosDeed? {
        guard !isFinishing else { return nil }
        defer { next += 1 }
        let kind = ChaosDeed.kinds[Int(chance.next() % UInt64(ChaosDeed.kinds.count))]
        return ChaosDeed(kind: kind, number: next)
    }

    private func doUntilAccepted(_ deed: ChaosDeed) async throws {
        let deadline = ContinuousClock.now + Self.patience
        for sent in 1... {
            ledger.sent += 1
            // A host that is down, paused or full says nothing or no, and is asked again.
            if let isAccepted = try? await isAccepted(deed), isAccepted {
                ledger.accepted[deed] = sent
                return
            }
            ledger.refused += 1
            try #require(ContinuousClock.now < deadline, "\(deed.id) is accepted")
            await LoopTimer.wait(.milliseconds(20))
        }
    }

    private func isAccepted(_ deed: ChaosDeed) async throws -> Bool {
        switch deed.kind {
        case .entry: try await post(deed, "/entries").status == .created
        case .later: note(try await post(deed, "/later"))
        case .message:
            note(
                try await ask(
                    .post, "/v1/topics/entered/messages",
                    #"{"data":\#(deed.work),"orderingKey":"\#(deed.lane)","key":"\#(deed.id)"}"#))
        case .command: note(try await command(deed, "add"))
        case .flaky: note(try await command(deed, "flaky"))
        case .strike: note(try await command(deed, "strike"))
        case .document: try await document(deed)
        case .file:
            try await ask(.put, "/v1/buckets/inbox/\(deed.id)", "of \(deed.id)").status.code < 300
        case .drop: try drop(deed)
        }
    }

    private func post(_ deed: ChaosDeed, _ path: String) async throws -> HTTPClientResponse {
        try await caller.call(
            .post, file.listen + path,
            fields: [.idempotencyKey: "key-\(deed.id)", .contentType: "application/json"],
            body: deed.work)
    }

    private func command(
        _ deed: ChaosDeed, _ function: String
    ) async throws -> HTTPClientResponse {
        try await ask(
            .post, "/v1/functions/\(function)/invocations",
            #"{"data":\#(deed.work),"key":"\#(deed.id)"}"#,
            [HTTPField.Name("Prefer")!: "respond-async"])
    }

    /// Makes a document and changes it once; a condition that fails says that it was done before.
    private func document(_ deed: ChaosDeed) async throws -> Bool {
        let path = "/v1/documents/entries/\(deed.id)"
        let body = #"{"id":"\#(deed.id)","lane":"\#(deed.lane)","change":0}"#
        let made = try await ask(.put, path, body, [.ifNoneMatch: "*"])
        guard made.status == .created || made.status == .preconditionFailed else { return false }
        let found = try await ask(.get, path)
        guard found.status == .ok, let tag = found.fields[.eTag] else { return false }
        let text = String(decoding: found.body, as: UTF8.self)
        if text.contains(#""change":1"#) { return true }
        let changed = try await ask(.patch, path, #"{"change":1}"#, [.ifMatch: tag])
        return changed.status == .ok
    }

    /// What a careful program does: a file of another name, synced, renamed, and synced again.
    private func drop(_ deed: ChaosDeed) throws -> Bool {
        let folder = host.directory + "/inbox"
        let part = "\(folder)/.\(deed.id)"
        try Data("of \(deed.id)".utf8).write(to: URL(fileURLWithPath: part))
        try #require(rename(part, "\(folder)/\(deed.id)") == 0)
        return true
    }

    private func note(_ answer: HTTPClientResponse) -> Bool {
        struct Accepted: Decodable { var id: String }
        guard answer.status == .accepted,
            let accepted = try? JSONDecoder().decode(Accepted.self, from: Data(answer.body))
        else { return false }
        ledger.events.insert(accepted.id)
        return true
    }

    private func ask(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        _ fields: HTTPFields = [:]
    ) async throws -> HTTPClientResponse {
        var fields = fields
        fields[.authorization] = "Bearer \(file.token)"
        if body != nil { fields[.contentType] = "application/json" }
        return try await caller.call(method, file.admin + path, fields: fields, body: body)
    }
}
