import Foundation

/// What was promised, beside what came of it; every difference is a sentence.
struct ChaosChecks {
    var ledger: ChaosLoad.Ledger
    var view: HostView
    /// The works that each key came to the service outside with.
    var calls: [String: Set<String>]
    var runs: RunRecord
    var schedules: [String: HostView.Schedule]

    var mistakes: [String] {
        states + attempts + events + effects + sums + outside + firings + runs.mistakes
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
        // A call whose worker was killed under it alone, or twice beside it, was told 500 or 503,
        // and sent again.
        let mayDie: Set = ["flaky", "strike", "enter"]
        let mayBeCancelled: Set = ["ingest", "note-copy", "beat", "enter"]
        for invocation in view.invocations {
            let isRight =
                switch invocation.state {
                case "succeeded": invocation.function != "flaky" && invocation.function != "strike"
                case "dead": mayDie.contains(invocation.function) || isReplaced(invocation)
                case "cancelled": mayBeCancelled.contains(invocation.function)
                default: false
                }
            if !isRight {
                found.append(
                    "\(invocation.function) \(invocation.id) ended \(invocation.state): "
                        + (invocation.error ?? "no error"))
            }
        }
        return found
    }

    /// One whose file was sent again after its handler had begun can't read it any more.
    private func isReplaced(_ invocation: HostView.Invocation) -> Bool {
        guard ["ingest", "note-copy"].contains(invocation.function) else { return false }
        let key = runs.runs.first { $0.invocation == invocation.id }?.key
        return ledger.accepted.contains { $0.key.id == key && $0.value > 1 }
    }

    private var attempts: [String] {
        view.invocations.filter { invocation in
            let max = invocation.attemptsMax ?? 0
            let isSpent = invocation.function == "flaky" || invocation.function == "strike"
            return invocation.attempts > max || isSpent && invocation.attempts != max
        }.map { "\($0.function) \($0.id) was charged \($0.attempts) of \($0.attemptsMax ?? 0)" }
    }

    private var events: [String] {
        let known = Set(view.invocations.map(\.event))
        return ledger.events.subtracting(known).sorted().map {
            "event \($0) was accepted and is lost"
        }
    }

    private var effects: [String] {
        ledger.accepted.flatMap { deed, sent -> [String] in
            let found = view.tallies[deed.id] ?? [:]
            let expected = deed.expected(sent: sent)
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

    /// Every planned second is fired or left out with a reason, and has run as its row says.
    private var firings: [String] {
        let states = Dictionary(view.invocations.map { ($0.event, $0.state) }) { first, _ in first }
        return schedules.sorted { $0.key < $1.key }.flatMap { name, schedule -> [String] in
            var planned: [Int: HostView.Firing] = [:]
            var found: [String] = []
            for firing in schedule.firings {
                let first = Self.second(firing.plannedFor)
                for second in first...Self.second(firing.through ?? firing.plannedFor) {
                    if planned.updateValue(firing, forKey: second) != nil {
                        found.append("\(name): the instant \(second) is decided twice")
                    }
                }
                guard let event = firing.event else {
                    // "all" catches up on everything, and never waits for the tick before.
                    if firing.skipped == nil || name == "all" {
                        found.append(
                            "\(name): \(firing.plannedFor) was left out, for "
                                + (firing.skipped ?? "no reason"))
                    }
                    continue
                }
                let count = view.beats["\(name)-\(first * 1000)"]?["count"] ?? 0
                if count != (states[event] == "succeeded" ? 1 : 0) {
                    found.append("\(name): the tick of \(firing.plannedFor) counts \(count)")
                }
            }
            guard let last = planned.keys.max() else { return ["\(name) never fired"] }
            for second in Self.second(schedule.since) + 1...last where planned[second] == nil {
                found.append("\(name): the instant \(second) was neither fired nor left out")
            }
            return found
        }
    }

    /// Whole seconds since 1970.
    private static func second(_ text: String) -> Int {
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // What is no time is found as an instant that nobody planned.
        guard let date = try? format.parse(text) else { return 0 }
        return Int(date.timeIntervalSince1970.rounded(.down))
    }
}
