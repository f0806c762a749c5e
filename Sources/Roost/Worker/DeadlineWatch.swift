import Contract
import EventLoop

/// Looks at the deadlines of what runs, and at whether the pool still turns.
///
/// One coarse timer does it while anything runs; an idle worker has none.
@LoopActor
final class DeadlineWatch {
    /// An attempt that runs or is about to.
    struct Entry {
        let attempt: Attempt
        var cancelledAt: UInt64?
    }

    private let outbox: Outbox
    private let timer = LoopTimer()
    private let probe = PoolProbe()
    private var isTicking = false
    private var lastLook: UInt64 = 0
    private var deadlines = Deadlines(grace: .seconds(5))
    private var entries: [UInt32: Entry] = [:]
    private var askedAt: UInt64?
    private var hasSaidStuck = false

    init(outbox: Outbox) { self.outbox = outbox }

    /// The attempts that have not said their last.
    var count: Int { entries.count }

    func allow(grace: Duration) { deadlines.grace = grace }

    /// Takes an attempt into view; false where its number is in use.
    func add(_ attempt: Attempt) -> Bool {
        guard entries.updateValue(Entry(attempt: attempt), forKey: attempt.number) == nil
        else { return false }
        if !isTicking { startTicking() }
        return true
    }

    /// Forgets an attempt that has nothing more to say.
    func remove(_ number: UInt32) { entries[number] = nil }

    /// Cancels the attempt's task for the host.
    func cancel(_ number: UInt32, _ reason: Attempt.Cancellation) {
        guard let entry = entries[number] else { return }
        entry.attempt.cancel(reason)
    }

    /// Ends it; it must be called once before the last reference goes.
    func close() { timer.close() }

    private func startTicking() {
        isTicking = true
        lastLook = LoopActor.uptimeNanoseconds
        timer.schedule(after: Deadlines.tick, repeating: true) { [weak self] in self?.look() }
    }

    private func look() {
        guard !entries.isEmpty else {
            isTicking = false
            return timer.cancel()
        }
        let now = LoopActor.uptimeNanoseconds
        let absence = Deadlines.absence(since: lastLook, now: now)
        lastLook = now
        if absence > 0 { excuse(absence, now: now) }
        let overdue = judge(now: now)
        probe.send(now: now)
        let isSilent = probe.silence(now: now) >= Deadlines.silenceNanoseconds
        if isSilent, overdue { askThreads(now: now) } else { askedAt = nil }
    }

    private func excuse(_ absence: UInt64, now: UInt64) {
        probe.excuse(now: now)
        for (number, entry) in entries {
            if entry.attempt.beganNanoseconds != nil { entry.attempt.excuse(nanoseconds: absence) }
            if let cancelledAt = entry.cancelledAt {
                entries[number]!.cancelledAt = cancelledAt + absence
            }
        }
    }

    /// Cancels and gives up what is due; true where something is overdue, reported or not.
    private func judge(now: UInt64) -> Bool {
        var isAnyOverdue = false
        for (number, entry) in entries {
            if entry.attempt.isEnded, entry.cancelledAt == nil { continue }
            switch verdict(on: entry, now: now) {
            case .wait: break
            case .cancel:
                entries[number]!.cancelledAt = now
                cancel(number, .timeout)
            case .overdue:
                isAnyOverdue = true
                if let cancelledAt = entry.cancelledAt, probe.hasAnswered(since: cancelledAt) {
                    giveUp(entry.attempt, now: now)
                }
            }
        }
        return isAnyOverdue
    }

    private func verdict(on entry: Entry, now: UInt64) -> Deadlines.Verdict {
        deadlines.verdict(
            began: entry.attempt.beganNanoseconds, cancelled: entry.cancelledAt,
            timeout: entry.attempt.delivery.timeout, now: now)
    }

    private func giveUp(_ attempt: Attempt, now: UInt64) {
        guard attempt.end() else { return }
        let closed = attempt.close(as: .ended)
        let ran = Duration.nanoseconds(Int64(clamping: now - (attempt.beganNanoseconds ?? now)))
        let report = Report(
            outcome: .timedOut, beganAt: .now - ran, duration: ran, reads: closed.reads)
        outbox.add { $0.append(.outcome, id: attempt.number, report.append) }
    }

    /// Asks the threads in one look, and reads in a later one what they said.
    private func askThreads(now: UInt64) {
        guard !hasSaidStuck else { return }
        guard askedAt != nil else {
            askedAt = now
            return ThreadCensus.ask()
        }
        askedAt = nil
        let sitting = ThreadCensus.answers()
        let overdue = sitting.filter { number in
            entries[number].map { verdict(on: $0, now: now) == .overdue } ?? false
        }
        let blamed = overdue.filter { entries[$0]?.attempt.isEnded == false }.sorted()
        // Where all that sits there was reported before, nobody is left to blame, but nothing
        // else will ever run here either.
        guard !blamed.isEmpty || (overdue == sitting && !sitting.isEmpty) else { return }
        hasSaidStuck = true
        outbox.add { bytes in
            bytes.append(.stuck, id: 0) { payload in
                payload.append(count: blamed.count)
                for number in blamed { payload.append(number: UInt64(number)) }
            }
        }
    }
}
