import Invocations

/// The changes of one call of `commit`, which may be spread over several groups.
final class Submission: @unchecked Sendable {
    // because it is handed from the caller to the store thread through a lock, and only one of the
    // two has it at a time.
    var changes: [Change]
    private var answers: [Answer]
    /// Those that have no answer yet.
    private(set) var open: Int
    /// Where each change had its place, once others were turned away.
    private var places: [Int]?
    private let continuation: UnsafeContinuation<[Answer], Never>

    init(_ changes: [Change], _ continuation: UnsafeContinuation<[Answer], Never>) {
        self.changes = changes
        self.continuation = continuation
        answers = Array(repeating: .paused, count: changes.count)
        open = changes.count
    }

    /// Answers those that `isRefused` names, and lets go of their data.
    func refuse(_ refusal: Refusal, where isRefused: (Change) -> Bool) {
        var kept: [Int] = []
        for index in changes.indices {
            if isRefused(changes[index]) {
                answers[index] = .refused(refusal)
            } else {
                kept.append(index)
            }
        }
        guard kept.count < changes.count else { return }
        changes = kept.map { changes[$0] }
        open = kept.count
        places = kept
    }

    /// Keeps an answer, which is not said until the commit.
    func keep(_ answer: Answer, for index: Int) { answers[places?[index] ?? index] = answer }

    func answer(to index: Int) -> Answer { answers[places?[index] ?? index] }

    /// One change more has its last answer; the caller goes on when all have.
    func close() {
        open -= 1
        resumeIfDone()
    }

    func resumeIfDone() {
        assert(open >= 0, "each change is answered once")
        if open == 0 { continuation.resume(returning: answers) }
    }
}

/// One change of a submission.
struct Place {
    let submission: Submission
    let index: Int

    var change: Change { submission.changes[index] }
    var answer: Answer { submission.answer(to: index) }

    func keep(_ answer: Answer) { submission.keep(answer, for: index) }
}
