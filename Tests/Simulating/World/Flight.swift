import Contract
import Dispatching
import Invocations

/// A page of changes on its way to the store and back.
final class Flight {
    let number: Int
    let page: Journal.Page
    /// The wall clock when it left.
    let askedAt: Instant
    var trouble: Plan.Trouble?
    private(set) var answers: [Answer?]

    init(number: Int, page: Journal.Page, askedAt: Instant) {
        self.number = number
        self.page = page
        self.askedAt = askedAt
        answers = Array(repeating: nil, count: page.changes.count)
    }

    var steps: Set<Step> { Set(page.changes.compactMap(\.step)) }

    /// The places of what has no answer yet.
    var open: [Int] { answers.indices.filter { answers[$0] == nil } }

    func keep(_ answer: Answer, at place: Int) { answers[place] = answer }

    func refuse(_ refusal: Refusal, where isRefused: (Change) -> Bool = { _ in true }) {
        for place in open where isRefused(page.changes[place]) {
            answers[place] = .refused(refusal)
        }
    }

    func deliver() { page.deliver(answers.map { $0! }) }
}

extension Change {
    /// Which of the steps it is, if it is one.
    var step: Step? {
        switch self {
        case .record: .record
        case .claim: .claim
        case .settle, .conclude: .settle
        case .plan(.fire): .fire
        case .prune: .prune
        case .release, .retry, .cancel, .pause, .register, .plan, .announce, .write, .stepBack,
            .index:
            nil
        }
    }

    /// What a store keeps while its disk is full; all else it refuses.
    var isKeptWhileFull: Bool {
        switch self {
        case .settle, .release, .conclude: true
        case .record, .claim, .retry, .cancel, .pause, .register, .plan, .announce, .write, .prune,
            .stepBack, .index:
            false
        }
    }

    /// For the trace: what it is about, and no more.
    var summary: String {
        switch self {
        case .record(let record):
            "record \(record.event.subject)" + (record.key.map { " key \($0.key)" } ?? "")
        case .conclude(let conclusion): "conclude \(conclusion.ending.settlement)"
        case .claim(let claim): "claim of \(claim.wants.map(\.function.rawValue))"
        case .settle(let settling):
            "settle \(settling.held.invocation.rawValue >> 12) lease "
                + "\(settling.held.lease.rawValue) as \(settling.ending.settlement), "
                + "\(settling.effects.writes.count) writes"
        case .release(let held): "release \(held.map { $0.invocation.rawValue >> 12 })"
        case .retry: "retry"
        case .cancel: "cancel"
        case .pause(let function, let isPaused): "pause \(function.rawValue) \(isPaused)"
        case .register: "register"
        case .plan(.fire(let firing)):
            "fire \(firing.schedule) for \(firing.ticks.map(\.planned.rfc3339))"
        case .plan: "plan"
        case .announce(let announcing): "announce \(announcing.files.map(\.key))"
        case .write(let writing): "write \(writing.writes.map(\.write.path))"
        case .prune: "prune"
        case .stepBack: "step back"
        case .index: "index"
        }
    }
}
