import Contract
import Invocations

/// What a handler of the simulated app does in one attempt, drawn from what it was given.
struct Script {
    /// How long it runs.
    var milliseconds: Int64
    /// The documents that it looks at: the first when it begins, the others on its way.
    var paths: [String] = []
    var outcome = Outcome.succeeded
    private let role: Role
    private let subject: UInt64
    private let delivery: Delivery

    init(_ role: Role, _ delivery: Delivery, _ chance: Chance) {
        self.role = role
        self.delivery = delivery
        let subject = Self.subject(role, delivery.event.data, delivery.event.subject)
        self.subject = subject
        let run = delivery.attempt
        func roll(_ count: Int, _ purpose: Chance.Purpose) -> Int {
            chance.below(count, purpose, subject, run)
        }
        var milliseconds: Int64 =
            roll(12, .duration) == 0 ? 2_000 + Int64(roll(8_000, .detail)) : 1
        milliseconds += Int64(roll(300, .detail))
        if role == .tally {
            let first = chance.below(4, .detail, subject)
            // Long enough for what it read to change.
            milliseconds += 1_500
            paths = ["tally/\(first)", "tally/\((first + 1) % 4)"]
        }
        self.milliseconds = milliseconds
        outcome = Self.outcome(role, roll(100, .outcome), Int64(roll(90_000, .detail)))
    }

    private static func subject(_ role: Role, _ data: [UInt8], _ subject: String) -> UInt64 {
        data.fingerprint ^ Array(subject.utf8).fingerprint &+ UInt64(role.rawValue)
    }

    /// What requests of the simulated sources are for.
    static let served = "POST /serve"

    /// Two calls in three write a document, by what they bring.
    static func servesWithEffects(_ data: [UInt8]) -> Bool {
        subject(.serve, data, served) % 3 != 0
    }

    private static func outcome(_ role: Role, _ roll: Int, _ delay: Int64) -> Outcome {
        if role == .bomb { return .crashed(error: "signal 11") }
        switch roll {
        case 0..<8: return .failed(error: "no luck", retryAfter: nil)
        case 8: return .failed(error: "later", retryAfter: .milliseconds(delay))
        case 9: return .rejected(reason: "not this one")
        case 10: return .crashed(error: "signal 4")
        case 11: return .interrupted(.suspected)
        case 12: return .interrupted(.workerUnavailable)
        case 13 where delay < 30_000: return .timedOut
        default: return .succeeded
        }
    }

    /// The document that counts how often the invocation's effects were committed.
    static func counter(of invocation: EventID) -> String {
        "done/\(invocation.tag?.rawValue ?? 9)-\(invocation.number)"
    }

    func effects(_ reads: [HostReply.Found]) -> [Effect] {
        var effects: [Effect] = [
            .merge(
                path: Self.counter(of: delivery.invocation), patch: Array("{}".utf8),
                operations: [.increment(member: "n", by: 1)])
        ]
        switch role {
        case .tally:
            let count = reads.first.flatMap { Model.count(in: $0.body) } ?? 0
            effects.append(.put(path: paths[0], body: Array("{\"n\":\(count + 1)}".utf8)))
        case .relay:
            effects.append(
                .publish(
                    Publication(
                        topic: "news.relay", data: delivery.event.data,
                        key: subject % 2 == 0 ? "m\(subject % 64)" : nil,
                        orderingKey: "o\(subject % 3)")))
            effects.append(
                .send(
                    Sending(
                        function: "pay", data: delivery.event.data,
                        after: .seconds(Int64(subject % 3) * 10),
                        key: "p\(delivery.invocation.number)")))
        case .export:
            let key = "out/\(subject % 5).csv"
            let name = "\(StagedFile.namePrefix)\(delivery.invocation.number)-\(delivery.attempt)"
            let mark =
                subject % 7 == 0
                ? nil
                : FileMark(size: 3, modifiedNanoseconds: Int64(subject >> 2), inode: subject >> 8)
            effects.append(.file(StagedFile(bucket: "inbox", key: key, name: name, mark: mark)))
        case .serve where !Self.servesWithEffects(delivery.event.data): effects = []
        case .pay, .hear, .notice, .intake, .report, .serve, .bomb, .slow: break
        }
        return effects
    }

    /// What no handler can ask for, and a broken worker may.
    static func garbage(_ chance: Chance, _ subject: UInt64) -> [Effect] {
        let all: [Effect] = [
            .put(path: "no//path", body: Array("{}".utf8)),
            .put(path: "done/1", body: Array("[1".utf8)),
            .send(Sending(function: "nobody", data: [])),
            .send(Sending(function: "hear", data: [])),
            .publish(Publication(topic: "..", data: [])),
            .file(StagedFile(bucket: "inbox", key: "../etc", name: "effect-1", mark: nil)),
            .publish(Publication(topic: "news.big", data: Array(repeating: 1, count: 2 << 20))),
        ]
        return [all[chance.below(all.count, .detail, subject)]]
    }
}
