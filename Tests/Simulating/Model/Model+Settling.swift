import Contract
import Invocations

extension Model {
    mutating func observe(
        _ settling: Settling, _ settled: Settled, askedAt: Instant
    ) throws(Violation) {
        guard let row = running(settling.held) else {
            let row = rows[settling.held.invocation.rawValue]
            throw Violation(
                invariant: 3,
                text:
                    "lease \(settling.held.lease.rawValue) of \(row.map(name) ?? "?") was settled; "
                    + "the invocation is \(row?.state.name ?? "gone"), its lease \(row?.lease ?? 0)"
            )
        }
        try checkLaw(settling.ending, row, askedAt)
        try checkReads(settling.effects, settling.ending.outcome)
        if settling.ending.settlement == .succeeded {
            try checkEffects(settling.effects, row)
            let dropped = try apply(settling.effects, settled.placements)
            try require(
                dropped == settled.droppedKeys, 2,
                "keys \(settled.droppedKeys) were dropped, expected \(dropped)")
        } else {
            try require(settled.placements.isEmpty, 6, "a file was kept of what did not succeed")
        }
        try end(row, settling.ending, renewed: settled.renewed)
    }

    mutating func observe(
        _ conclusion: Conclusion, _ concluded: Concluded
    ) throws(Violation) {
        if let response = conclusion.response {
            let known = responses[response.keyHash]
            try require(
                known == nil || known!.expiresAt <= conclusion.ending.endedAt, 2,
                "a call was concluded whose key had an answer")
        }
        try checkLaw(ofCall: conclusion.ending, runs: conclusion.runs)
        try checkReads(conclusion.effects, conclusion.ending.outcome)
        let number = insert(conclusion.event)
        var row = Row(number: number << 12, function: conclusion.function.rawValue)
        row.runs = conclusion.runs
        row.charged = conclusion.ending.outcome.isChargedByTheModel ? 1 : 0
        switch conclusion.ending.settlement {
        case .succeeded:
            row.state = .succeeded
            try checkEffects(of: conclusion)
            _ = try apply(conclusion.effects, concluded.placements)
        case .cancelled: row.state = .cancelled
        // None of the others: the law has been asked.
        case .dead, .again, .rerun, .retry: row.state = .dead
        }
        row.finishedAt = conclusion.ending.endedAt
        put(row)
        if let response = conclusion.response { responses[response.keyHash] = response }
    }

    // MARK: effects

    /// Takes in what an attempt wrote; answers the keys that were known.
    private mutating func apply(
        _ effects: Effects, _ placed: [Placement]
    ) throws(Violation) -> [String] {
        var changes: [Record] = []
        for write in effects.writes {
            guard let origin = effects.origin else {
                throw Violation(invariant: 6, text: "writes came from nobody")
            }
            changes += apply(write, origin).record
        }
        var dropped: [String] = []
        for record in effects.records + changes {
            if known(record) != nil {
                dropped.append(record.key!.key)
            } else {
                insert(record)
            }
        }
        for file in effects.files {
            lastVersion += 1
            placements.append(Placement(number: lastVersion, file: file))
        }
        try require(
            placed == Array(placements.suffix(effects.files.count)), 6,
            "files \(placed.map(\.number)) go to the bucket, expected "
                + "\(placements.suffix(effects.files.count).map(\.number))")
        return dropped
    }

    /// Nothing that was read has changed by the commit.
    private func checkReads(_ effects: Effects, _ outcome: Outcome) throws(Violation) {
        // What was rejected depends on what it read as much as what succeeded.
        switch outcome {
        case .succeeded, .rejected: break
        default: return
        }
        for read in effects.reads {
            try require(
                (documents[read.path]?.version ?? 0) == read.version, 6,
                "\(read.path) was read at version \(read.version) and committed at "
                    + "\(documents[read.path]?.version ?? 0)")
        }
    }

    // MARK: the law

    private func checkLaw(
        _ ending: Ending, _ row: Row, _ now: Instant
    ) throws(Violation) {
        let policies = Self.role(row.function)!.policies
        let charged = row.charged + (ending.outcome.isChargedByTheModel ? 1 : 0)
        try require(
            charged <= policies.retry.attemptsMax, 5,
            "\(name(row)) was charged \(charged) times, where \(policies.retry.attemptsMax) is most"
        )
        let isLast = row.runs >= Self.runsMax
        switch (ending.outcome, ending.settlement) {
        case (.succeeded, .succeeded), (.rejected, .dead), (.interrupted(.cancelled), .cancelled):
            return
        case (.conflicted, .rerun) where !isLast: return
        case (.conflicted, .dead) where isLast, (.interrupted, .dead) where isLast: return
        case (.interrupted(let reason), .again(let isSuspect))
        where !isLast && isSuspect == (reason == .suspected):
            return
        case (.failed, .dead), (.timedOut, .dead), (.crashed, .dead):
            let age = now - (row.firstRunAt ?? ending.beganAt)
            let isOver =
                charged >= policies.retry.attemptsMax || isLast || age >= policies.maxAge
            try require(isOver, 5, "\(name(row)) died after \(charged) attempts")
        case (.failed(_, let asked?), .retry(let due)):
            try require(due == now + max(asked, .zero), 5, "\(name(row)) is due at \(due)")
        case (.failed, .retry(let due)), (.timedOut, .retry(let due)), (.crashed, .retry(let due)):
            try require(
                charged < policies.retry.attemptsMax, 5, "\(name(row)) has no attempt left")
            let (low, high) = Backoff(policies.retry).bounds(afterCharged: charged)
            let delay = (due - now).milliseconds
            try require(
                (low...high).contains(delay), 5,
                "\(name(row)) waits \(delay) ms, expected \(low) to \(high)")
        default:
            throw Violation(
                invariant: 4,
                text: "\(name(row)) \(ending.outcome) was settled as \(ending.settlement)")
        }
    }

    /// A call ends with its run, whatever that came to; only a conflict is no end.
    private func checkLaw(ofCall ending: Ending, runs: Int) throws(Violation) {
        switch (ending.outcome, ending.settlement) {
        case (.succeeded, .succeeded), (.rejected, .cancelled), (.failed, .dead),
            (.timedOut, .dead), (.crashed, .dead), (.interrupted, .cancelled):
            return
        case (.conflicted, .dead) where runs >= Self.runsMax: return
        default:
            throw Violation(
                invariant: 4, text: "a call \(ending.outcome) was settled as \(ending.settlement)")
        }
    }

    private mutating func end(
        _ before: Row, _ ending: Ending, renewed: Lease?
    ) throws(Violation) {
        var row = before
        if ending.outcome.isChargedByTheModel { row.charged += 1 }
        row.suspicion = suspicion(row, ending)
        switch ending.settlement {
        case .succeeded: row.state = .succeeded
        case .again: row.state = .ready
        case .rerun:
            guard let renewed, renewed.rawValue > lastLease else {
                throw Violation(invariant: 3, text: "\(name(row)) runs again under no new lease")
            }
            lastLease = renewed.rawValue
            row.lease = renewed.rawValue
            row.runs += 1
        case .retry(let due):
            row.state = .retrying
            row.dueAt = due
        case .cancelled: row.state = .cancelled
        case .dead: row.state = .dead
        }
        giveWay(&row)
        if !row.state.isOwedToTheModel { row.finishedAt = ending.endedAt }
        put(row)
    }

    /// What would run again is cancelled where its file has another generation by now, or is gone.
    func giveWay(_ row: inout Row) {
        guard Self.role(row.function) == .intake, [.ready, .retrying].contains(row.state),
            let event = events[row.event], event.facts.kind == .file
        else { return }
        let key = event.facts.subject.split(separator: "/", maxSplits: 1).last.map(String.init)
        guard files[key ?? ""]?.event != row.event else { return }
        row.state = .cancelled
        row.dueAt = nil
    }

    private func suspicion(_ row: Row, _ ending: Ending) -> Int {
        if case .crashed = ending.outcome { return 3 }
        if row.suspicion == 3 { return 3 }
        return ending.settlement == .again(suspect: true) ? 2 : 0
    }
}

extension Outcome {
    /// Counts against the policy; said here again, for the model trusts nobody.
    var isChargedByTheModel: Bool {
        switch self {
        case .failed, .timedOut, .crashed: true
        case .succeeded, .rejected, .conflicted, .interrupted: false
        }
    }
}
