import Contract
import Invocations

extension Model {
    /// Nothing changed: was there a reason?
    func observe(_ change: Change, refused refusal: Refusal) throws(Violation) {
        switch (change, refusal) {
        case (.settle(let settling), .leaseLost):
            try require(
                running(settling.held) == nil, 4,
                "the outcome of \(settling.held) was refused, and it holds the lease")
        case (.settle(let settling), .conflicted(let paths)):
            try checkConflict(settling.effects, paths)
        case (.conclude(let conclusion), .conflicted(let paths)):
            try checkConflict(conclusion.effects, paths)
        case (.conclude(let conclusion), .answered(let stored)):
            try require(
                responses[stored.keyHash] == stored
                    && conclusion.response?.keyHash == stored.keyHash, 2,
                "a call was answered with what no other was")
        case (.plan(.fire(let firing)), .firedMeanwhile):
            let schedule = schedules[firing.schedule]
            try require(
                schedule?.cursor != firing.after || schedule?.isPaused == true, 10,
                "a firing of \(firing.schedule) was refused, and nobody fired or paused it before")
        case (.cancel(.one(let number), _), .isRunning(let held)):
            try require(
                held.invocation == number && running(held) != nil, 4,
                "\(number) was said to run, and does not")
        case (.cancel(.one(let number), _), .isFinished(let state)):
            try require(
                rows[number.rawValue]?.state == state, 4, "\(number) was said to be \(state)")
        case (.cancel(.one(let number), _), .unknownInvocation):
            try require(rows[number.rawValue] == nil, 9, "\(number) is gone")
        default:
            throw Violation(invariant: 9, text: "\(change) was refused: \(refusal)")
        }
    }

    private func checkConflict(_ effects: Effects, _ paths: [String]) throws(Violation) {
        let stale = effects.reads.filter {
            (documents[$0.path]?.version ?? 0) != $0.version
        }
        try require(
            !paths.isEmpty && Set(stale.map(\.path)) == Set(paths), 6,
            "\(paths) were said to have changed, and \(stale.map(\.path)) have")
    }
}
