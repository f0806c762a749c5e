package import Contract

/// What becomes of an invocation after an attempt.
package enum Settlement: Sendable, Equatable {
    case succeeded
    /// Ready at once and uncharged, perhaps as a suspect.
    case again(suspect: Bool)
    /// It lost a document to another attempt: it keeps its place, takes its turn there, and runs again.
    case rerun
    /// Charged; due again at the instant.
    case retry(at: Instant)
    case cancelled
    /// Nothing more happens by itself; the text says why.
    case dead(reason: String)

    /// True where a later attempt begins anew.
    package var runsLater: Bool {
        switch self {
        case .again, .retry: true
        case .succeeded, .rerun, .cancelled, .dead: false
        }
    }
}

/// What is known of an invocation when an attempt of it ends.
package struct AttemptSoFar: Sendable, Equatable {
    /// The attempts charged before this one.
    package var charged: Int
    /// All runs of this series, this one included.
    package var runs: Int
    /// When the first run of this series began.
    package var firstRunAt: Instant
    /// In 0..<1, drawn by the owner: decides the jitter.
    package var chance: Double

    /// Fewer are charged than ran, and at least this one ran; `settle` traps else.
    package init(charged: Int, runs: Int, firstRunAt: Instant, chance: Double) {
        self.charged = charged
        self.runs = runs
        self.firstRunAt = firstRunAt
        self.chance = chance
    }
}

/// Decides what becomes of an invocation: the whole of the retry law.
///
/// `attemptsMax` bounds what is charged, `maxAge` is looked at only when something was charged,
/// and `runsMax` ends what runs without end though nobody is to blame.
package func settle(
    _ outcome: Outcome, _ attempt: AttemptSoFar, _ policies: Policies, runsMax: Int, now: Instant
) -> Settlement {
    precondition(
        attempt.runs >= 1 && attempt.charged < attempt.runs, "an attempt ran and is counted")
    switch outcome {
    case .succeeded: return .succeeded
    case .rejected(let reason): return .dead(reason: "rejected: \(reason)")
    case .interrupted(.cancelled): return .cancelled
    case .conflicted, .interrupted:
        guard attempt.runs < runsMax else {
            return .dead(
                reason: "ran \(attempt.runs) times in all, which is the most; last it was "
                    + "\(outcome.name): \(outcome.error ?? "")")
        }
        if case .conflicted = outcome { return .rerun }
        return .again(suspect: outcome == .interrupted(.suspected))
    case .failed, .timedOut, .crashed:
        return settleCharged(outcome, attempt, policies, runsMax: runsMax, now: now)
    }
}

private func settleCharged(
    _ outcome: Outcome, _ attempt: AttemptSoFar, _ policies: Policies, runsMax: Int, now: Instant
) -> Settlement {
    assert(outcome.isCharged, "only charged outcomes count against the policy")
    let charged = attempt.charged + 1
    let error = outcome.error ?? outcome.name
    guard charged < policies.retry.attemptsMax else {
        return .dead(
            reason: "attempt \(charged) of \(policies.retry.attemptsMax) \(outcome.name): \(error)")
    }
    guard attempt.runs < runsMax else {
        return .dead(reason: "ran \(attempt.runs) times in all, which is the most: \(error)")
    }
    let age = now - attempt.firstRunAt
    guard age < policies.maxAge else {
        return .dead(
            reason: "still failing \(Int(age.seconds)) s after its first run, where maxAge is "
                + "\(Int(policies.maxAge.seconds)) s: \(error)")
    }
    if case .failed(_, let asked?) = outcome {
        return .retry(at: now + min(max(asked, .zero), Retry.delayMax))
    }
    return .retry(at: now + policies.retry.delay(afterCharged: charged, chance: attempt.chance))
}
