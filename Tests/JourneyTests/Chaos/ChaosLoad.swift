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
        /// How often each may have come: once as it was accepted, and whenever nobody knows.
        var accepted: [ChaosDeed: Int] = [:]
        /// Events whose identifiers were told.
        var events: Set<String> = []
        /// What the host said that it accepted; of a file that is dropped it says nothing.
        var told = 0
        /// How often each was heard, by what was asked for.
        var heard: [ChaosDeed.Kind: [ChaosAnswer: Int]] = [:]
        /// How often something was sent, and how often that went wrong.
        var sent = 0
        var refused = 0
    }

    /// What came of sending a thing once.
    private enum Sending { case accepted, refused, unknown }

    /// Nobody knows whether the host did what it was asked.
    private struct Unknown: Error {}

    private(set) var ledger = Ledger()
    private nonisolated let caller: Caller
    private let host: HostUnderTest
    private var file: HostUnderTest.HostFile
    /// True from a host's end until it is known where the next one is.
    private var isHostGone = false
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

    func hostWent() { isHostGone = true }

    func moved(to file: HostUnderTest.HostFile) {
        self.file = file
        isHostGone = false
    }

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
        var unknown = 0
        while true {
            ledger.sent += 1
            switch try await send(deed) {
            case .accepted: return accepted(deed, comingsMax: unknown + 1)
            case .refused: break
            case .unknown: unknown += 1
            }
            // A host that is down, paused or full says nothing or no, and is asked again.
            ledger.refused += 1
            try #require(ContinuousClock.now < deadline, "\(deed.id) is accepted")
            await LoopTimer.wait(.milliseconds(20))
        }
    }

    private func accepted(_ deed: ChaosDeed, comingsMax: Int) {
        ledger.accepted[deed] = comingsMax
        if deed.kind != .drop { ledger.told += 1 }
    }

    private func send(_ deed: ChaosDeed) async throws -> Sending {
        do {
            return try await isAccepted(deed) ? .accepted : .refused
        } catch is Unknown {
            return .unknown
        }
    }

    private func isAccepted(_ deed: ChaosDeed) async throws -> Bool {
        switch deed.kind {
        case .entry: try await post(deed, "/entries").status == .created
        case .later: note(try await post(deed, "/later"))
        case .message:
            note(
                try await ask(
                    deed, .post, "/v1/topics/entered/messages",
                    #"{"data":\#(deed.work),"orderingKey":"\#(deed.lane)","key":"\#(deed.id)"}"#))
        case .command: note(try await command(deed, "add"))
        case .flaky: note(try await command(deed, "flaky"))
        case .strike: note(try await command(deed, "strike"))
        case .document: try await document(deed)
        case .file: try await upload(deed)
        case .drop: try drop(deed)
        }
    }

    private func post(_ deed: ChaosDeed, _ path: String) async throws -> HTTPClientResponse {
        try await call(
            deed, .post, file.listen + path,
            [.idempotencyKey: "key-\(deed.id)", .contentType: "application/json"], deed.work)
    }

    private func command(
        _ deed: ChaosDeed, _ function: String
    ) async throws -> HTTPClientResponse {
        try await ask(
            deed, .post, "/v1/functions/\(function)/invocations",
            #"{"data":\#(deed.work),"key":"\#(deed.id)"}"#,
            [HTTPField.Name("Prefer")!: "respond-async"])
    }

    /// Makes a document and changes it once; a condition that fails says that it was done before.
    private func document(_ deed: ChaosDeed) async throws -> Bool {
        let path = "/v1/documents/entries/\(deed.id)"
        let body = #"{"id":"\#(deed.id)","lane":"\#(deed.lane)","change":0}"#
        let made = try await ask(deed, .put, path, body, [.ifNoneMatch: "*"])
        guard made.status == .created || made.status == .preconditionFailed else { return false }
        let found = try await ask(deed, .get, path)
        guard found.status == .ok, let tag = found.fields[.eTag] else { return false }
        let text = String(decoding: found.body, as: UTF8.self)
        if text.contains(#""change":1"#) { return true }
        let changed = try await ask(deed, .patch, path, #"{"change":1}"#, [.ifMatch: tag])
        return changed.status == .ok
    }

    private func upload(_ deed: ChaosDeed) async throws -> Bool {
        let answer = try await ask(
            deed, .put, "/v1/buckets/inbox/\(deed.id)", "of \(deed.id)")
        // A sync failed, which may be the one after the file had its name.
        if answer.status == .internalServerError { throw Unknown() }
        return answer.status.code < 300
    }

    /// What a careful program does: a file of another name, synced, renamed, and its name synced.
    private func drop(_ deed: ChaosDeed) throws -> Bool {
        let folder = host.directory + "/inbox"
        let part = "\(folder)/.\(deed.id)"
        let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0, "\(part) can be written")
        let bytes = Array("of \(deed.id)".utf8)
        let isWhole = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        close(file)
        try #require(isWhole, "\(part) is written and synced")
        try #require(rename(part, "\(folder)/\(deed.id)") == 0, "\(part) has its name")
        let directory = open(folder, O_RDONLY | O_CLOEXEC)
        let isNamed = directory >= 0 && fsync(directory) == 0
        close(directory)
        try #require(isNamed, "\(folder) is synced")
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
        _ deed: ChaosDeed, _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil,
        _ fields: HTTPFields = [:]
    ) async throws -> HTTPClientResponse {
        var fields = fields
        fields[.authorization] = "Bearer \(file.token)"
        if body != nil { fields[.contentType] = "application/json" }
        return try await call(deed, method, file.admin + path, fields, body)
    }

    /// Calls the host, and counts what it says.
    private func call(
        _ deed: ChaosDeed, _ method: HTTPRequest.Method, _ url: String, _ fields: HTTPFields,
        _ body: String?
    ) async throws -> HTTPClientResponse {
        let asked = file.pid
        do {
            let answer = try await caller.call(method, url, fields: fields, body: body)
            heard(.status(answer.status.code), asked, deed.kind)
            return answer
        } catch let error as HTTPClientError {
            heard(ChaosAnswer(error), asked, deed.kind)
            throw Unknown()
        }
    }

    /// - Parameter asked: the host that was meant. The next one may have its port by chance, and
    ///   knows nothing of its token.
    private func heard(_ answer: ChaosAnswer, _ asked: Int32, _ kind: ChaosDeed.Kind) {
        var answer = answer
        let isOfAnother = isHostGone || asked != file.pid
        if case .status = answer, isOfAnother, !kind.mayHear(answer) { answer = .silence }
        ledger.heard[kind, default: [:]][answer, default: 0] += 1
    }
}
