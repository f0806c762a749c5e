package import Contract
import Cron
import Invocations

/// What becomes of a schedule's planned instants: a pure decision over the time that has passed.
///
/// An instant is on time where it is looked at within `lateMax`; what is later was missed, for no
/// host was there or the clock jumped over it.
package struct ScheduleRule {
    let timetable: Timetable
    let missed: Missed

    /// What becomes of instants that were missed.
    enum Missed: Equatable {
        case skip
        case latest
        case all(max: Int)

        /// Nil for a text that says none of these.
        init?(_ text: String) {
            switch text {
            case "skip": self = .skip
            case "latest": self = .latest
            default:
                guard text.hasPrefix("all:"), let max = Int(text.dropFirst(4)),
                    (1...ScheduleDeclaration.missedMax).contains(max)
                else { return nil }
                self = .all(max: max)
            }
        }
    }

    /// What runs, the oldest first, what is left out, and up to where all is decided.
    struct Decision: Equatable {
        var runs: [Instant] = []
        var skips: [Skip] = []
        var through: Instant

        /// Records all that would run as left out, for nothing is there to run it.
        mutating func leaveOut() {
            guard let first = runs.first, let last = runs.last else { return }
            skips.append(Skip(first: first, last: last, reason: .absent))
            runs = []
        }
    }

    static let lateMax = Duration.seconds(10)
    /// The instants on time that one look decides; what is left waits for the next look.
    static let runsMax = 64

    /// Decides all that was planned after `cursor` and not after `now`; nil where nothing was.
    func decision(after cursor: Instant, now: Instant) -> Decision? {
        let end = now.unix
        let lateEnd = (now - Self.lateMax).unix
        let start = cursor.unix
        let lastMissed = lateEnd > start ? timetable.latest(after: start, notAfter: lateEnd) : nil
        var onTime: [Instant] = []
        for time in timetable.instants(
            after: max(start, lateEnd), through: end, max: Self.runsMax)
        {
            onTime.append(Instant(time))
        }
        guard let last = onTime.last ?? lastMissed.map({ Instant($0) }) else { return nil }
        var decision = Decision(through: last)
        if let lastMissed { decide(lastMissed, after: start, onTime.isEmpty, &decision) }
        decision.runs += onTime
        return decision
    }

    /// The first planned instant after `cursor`, if one comes.
    package func next(after cursor: Instant) -> Instant? {
        timetable.next(after: cursor.unix).map { Instant($0) }
    }

    private func decide(
        _ last: UnixTime, after start: UnixTime, _ isLatest: Bool, _ decision: inout Decision
    ) {
        switch missed {
        case .skip: skip(after: start, through: last, .missed, &decision)
        case .latest:
            guard isLatest else { return skip(after: start, through: last, .superseded, &decision) }
            skip(after: start, before: last, .superseded, &decision)
            decision.runs = [Instant(last)]
        case .all(let max):
            var runs = [last]
            while runs.count < max, let before = before(runs[runs.count - 1], after: start) {
                runs.append(before)
            }
            skip(after: start, before: runs[runs.count - 1], .missed, &decision)
            decision.runs = runs.reversed().map { Instant($0) }
        }
    }

    private func before(_ time: UnixTime, after start: UnixTime) -> UnixTime? {
        timetable.latest(after: start, notAfter: UnixTime(seconds: time.seconds - 1))
    }

    private func skip(
        after start: UnixTime, before end: UnixTime, _ reason: Skip.Reason,
        _ decision: inout Decision
    ) {
        guard let last = before(end, after: start) else { return }
        skip(after: start, through: last, reason, &decision)
    }

    private func skip(
        after start: UnixTime, through last: UnixTime, _ reason: Skip.Reason,
        _ decision: inout Decision
    ) {
        guard let first = timetable.next(after: start) else { return }
        decision.skips.append(
            Skip(first: Instant(first), last: Instant(last), reason: reason))
    }
}

extension Instant {
    /// The whole second that it lies in.
    var unix: UnixTime {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        return UnixTime(seconds: rest < 0 ? seconds - 1 : seconds)
    }

    init(_ time: UnixTime) { self.init(milliseconds: time.seconds * 1000) }
}
