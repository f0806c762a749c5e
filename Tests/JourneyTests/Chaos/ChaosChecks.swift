/// What was promised, beside what came of it; every difference is a sentence.
struct ChaosChecks {
    var ledger: ChaosLoad.Ledger
    var view: HostView
    /// The works that each key came to the service outside with.
    var calls: [String: Set<String>]
    var runs: RunRecord
    var schedules: [String: SeenSchedule]
    var strikes: [ChaosFault: Strikes] = [:]

    var mistakes: [String] {
        [
            states, attempts, beginnings, events, effects, sums, outside, answers, firings, faults,
            runs.mistakes,
        ].flatMap { $0 }
    }

    /// Each invocation is in one terminal state, and no fewer are counted than there are.
    private var states: [String] {
        let status = view.status
        let sum = status.owed + status.succeeded + status.cancelled + status.dead + status.pruned
        var found: [String] = []
        if status.recorded != sum {
            found.append("\(status.recorded) recorded, \(sum) accounted for")
        }
        if view.invocations.count != status.recorded {
            found.append("\(status.recorded) recorded, \(view.invocations.count) listed")
        }
        if Set(view.invocations.map(\.id)).count != view.invocations.count {
            found.append("an invocation is listed twice")
        }
        // Only a schedule that skips what overlaps lets a tick that waits give way.
        let mayGiveWay = Set(schedules["latest"]?.firings.compactMap(\.event) ?? [])
        return found
            + view.invocations.filter { !endedRightly($0, mayGiveWay) }.map {
                "\($0.function) \($0.id) ended \($0.state): \($0.error ?? "no error")"
            }
    }

    private func endedRightly(
        _ invocation: HostView.Invocation, _ mayGiveWay: Set<String>
    ) -> Bool {
        // A call whose worker was killed under it alone, or twice beside it, was told 500 or 503,
        // and sent again.
        let mayDie: Set = ["flaky", "strike", "enter"]
        let mayBeCancelled: Set = ["ingest", "note-copy", "enter"]
        return switch invocation.state {
        case "succeeded": invocation.function != "flaky" && invocation.function != "strike"
        case "dead": mayDie.contains(invocation.function) || isReplaced(invocation)
        case "cancelled":
            mayBeCancelled.contains(invocation.function)
                || invocation.error == "superseded" && mayGiveWay.contains(invocation.event)
        default: false
        }
    }

    /// One whose file came again after its handler had begun can't read it any more.
    private func isReplaced(_ invocation: HostView.Invocation) -> Bool {
        guard ["ingest", "note-copy"].contains(invocation.function) else { return false }
        let key = runs.runs.first { $0.invocation == invocation.id }?.key
        return ledger.accepted.contains { $0.key.id == key && $0.value > 1 }
    }

    /// What `Tests/ChaosApp/ChaosFunctions.swift` declares; what the host says of a policy proves
    /// nothing. Who calls declares nothing, and has the default.
    private static let attemptsMax = ["flaky": 3, "strike": 2, "enter": 20]
    private static let patientAttemptsMax = 1000

    private var attempts: [String] {
        view.invocations.compactMap { invocation -> String? in
            let max = Self.attemptsMax[invocation.function] ?? Self.patientAttemptsMax
            let isSpent = invocation.function == "flaky" || invocation.function == "strike"
            let isRight = isSpent ? invocation.attempts == max : invocation.attempts <= max
            if isRight, invocation.attemptsMax == max { return nil }
            return "\(invocation.function) \(invocation.id) was charged \(invocation.attempts) of "
                + "\(max), and the host allows \(invocation.attemptsMax ?? 0)"
        }
    }

    /// Each charge is in the history, and what a handler did itself, it did after it had begun.
    ///
    /// A worker that is killed may take with it, and have charged, what it was only handed; nobody
    /// can tell that from the handlers' log.
    private var beginnings: [String] {
        let begun = Dictionary(grouping: runs.runs, by: \.invocation).mapValues(\.count)
        return view.invocations.flatMap { invocation -> [String] in
            guard let history = view.histories[invocation.id] else { return [] }
            let name = "\(invocation.function) \(invocation.id)"
            var found: [String] = []
            let charged = history.count(where: \.isCharged)
            if charged != invocation.attempts {
                found.append(
                    "\(name) was charged \(invocation.attempts), and its history has \(charged)")
            }
            let (own, count) = (history.count(where: \.isOwn), begun[invocation.id] ?? 0)
            if count < own { found.append("\(name) failed by itself \(own) times, began \(count)") }
            return found
        }
    }

    private var events: [String] {
        let known = Set(view.invocations.map(\.event))
        return ledger.events.subtracting(known).sorted().map {
            "event \($0) was accepted and is lost"
        }
    }

    private var effects: [String] {
        ledger.accepted.flatMap { deed, comingsMax -> [String] in
            let found = view.tallies[deed.id] ?? [:]
            let expected = deed.expected(comingsMax: comingsMax)
            var mistakes = expected.compactMap { member, range -> String? in
                let count = found[member] ?? 0
                return range.contains(count)
                    ? nil : "\(deed.id) was \(member) \(count) times, expected \(range)"
            }
            for member in found.keys where expected[member] == nil {
                mistakes.append("\(deed.id) was \(member), which nobody asked for")
            }
            let text = "\(deed.id) of \(deed.id)"
            if expected["noted"] != nil, view.copies[deed.id]?.text != text {
                mistakes.append("\(deed.id) has not the copy that was written")
            }
            return mistakes
        }
    }

    private var sums: [String] {
        let expected = ledger.accepted.keys.count(where: \.isAdded)
        let found = view.sums.values.reduce(0) { $0 + $1.count }
        return found == expected ? [] : ["the sums come to \(found), expected \(expected)"]
    }

    private var outside: [String] {
        var keys: [String: Int] = [:]
        var found: [String] = []
        for (key, works) in calls {
            if works.count != 1 { found.append("the key \(key) came with \(works.sorted())") }
            for work in works { keys[work, default: 0] += 1 }
        }
        for deed in ledger.accepted.keys where deed.kind == .entry && keys[deed.id] != 1 {
            found.append("\(deed.id) called with \(keys[deed.id] ?? 0) keys, expected one")
        }
        return found
    }

    /// Callers heard nothing that the faults do not explain.
    private var answers: [String] {
        ledger.heard.flatMap { kind, heard -> [String] in
            heard.filter { !kind.mayHear($0.key) }.map {
                "\"\(kind.rawValue)\" was answered \($0.value) times: \($0.key)"
            }
        }.sorted()
    }

    /// Every planned second is fired or left out with a reason, and has run as its row says.
    private var firings: [String] {
        let states = Dictionary(view.invocations.map { ($0.event, $0.state) }) { first, _ in first }
        return schedules.sorted { $0.key < $1.key }.flatMap { name, schedule -> [String] in
            schedule.mistakes(name)
                + schedule.firings.compactMap { mistake(in: $0, of: name, states) }
        }
    }

    private func mistake(
        in firing: HostView.Firing, of name: String, _ states: [String: String]
    ) -> String? {
        guard let event = firing.event else {
            // "all" catches up on everything, and never waits for the tick before.
            guard firing.skipped == nil || name == "all" else { return nil }
            let reason = firing.skipped ?? "no reason"
            return "\(name): \(firing.plannedFor) was left out, for \(reason)"
        }
        let place = "\(name)-\(firing.seconds.lowerBound * 1000)"
        let count = view.beats[place]?["count"] ?? 0
        guard count != (states[event] == "succeeded" ? 1 : 0) else { return nil }
        return "\(name): the tick of \(firing.plannedFor) counts \(count)"
    }

    /// A fault that never struck has shown nothing; the first times may be chance.
    private var faults: [String] {
        strikes.filter { $0.value.done >= 3 && $0.value.struck == 0 }.map {
            "\"\($0.key.rawValue)\" was done \($0.value.done) times, and never struck"
        }.sorted()
    }
}

extension HostView.Attempt {
    fileprivate var isCharged: Bool { ["failed", "timed out", "crashed"].contains(outcome) }

    /// True for a handler that threw or aborted, where it was none of those who kill workers.
    fileprivate var isOwn: Bool {
        outcome == "failed" || outcome == "crashed" && error?.contains("by signal 6") == true
    }
}
