import Foundation

/// What was done in a run, and the numbers that it ends with.
struct ChaosReport {
    static let schedules = ["all", "latest"]

    private var faults: [(fault: ChaosFault, took: Duration, struck: Bool)] = []
    /// What was seen of the schedules so far.
    private(set) var seen: [String: SeenSchedule] = [:]

    mutating func add(_ fault: ChaosFault, took: Duration, struck: Bool) {
        faults.append((fault, took, struck))
    }

    var strikes: [ChaosFault: Strikes] {
        var strikes: [ChaosFault: Strikes] = [:]
        for (fault, _, struck) in faults {
            strikes[fault, default: Strikes()].done += 1
            strikes[fault, default: Strikes()].struck += struck ? 1 : 0
        }
        return strikes
    }

    /// Looks at the schedules: once when the host has just begun, and then before they list so
    /// much that the first firings are left out.
    mutating func note(_ ground: ChaosGround) async throws {
        for name in Self.schedules {
            let schedule = try await HostView.schedule(name, ground.host, ground.caller)
            seen[name, default: SeenSchedule(since: schedule.since)].take(schedule)
        }
    }

    /// Says that the firing of a schedule is ended now.
    mutating func endsFiring(of name: String) {
        seen[name]?.endedAt = Int(Date().timeIntervalSince1970)
    }

    func table(_ checks: ChaosChecks, broken: Int, _ ground: ChaosGround) -> String {
        (faultRows + countRows(checks, broken: broken, ground)).joined(separator: "\n")
    }

    private var faultRows: [String] {
        let times = "until accepted again, s"
        var rows = ["", Self.padded("fault", 43) + "struck   \(times)"]
        rows.append(Self.right("median", 58) + Self.right("longest", 13))
        for fault in ChaosFault.allCases {
            let took = faults.filter { $0.fault == fault }.map(\.took).sorted()
            guard let longest = took.last else { continue }
            let struck = "\(strikes[fault]?.struck ?? 0) of \(took.count)"
            rows.append(
                Self.padded(fault.rawValue, 38) + Self.right(struck, 11)
                    + Self.right(took[took.count / 2], 9) + Self.right(longest, 13))
        }
        return rows
    }

    private func countRows(
        _ checks: ChaosChecks, broken: Int, _ ground: ChaosGround
    ) -> [String] {
        let status = checks.view.status
        let ledger = checks.ledger
        let firings = schedulesSeen
        return [
            "", "power cuts                      \(ground.cuts)",
            "restarts that the host asked for \(ground.restartsAsked)",
            "accepted                        \(ledger.accepted.count), after \(ledger.refused) "
                + "of \(ledger.sent) sendings were refused or unanswered",
            "answers                         \(Self.answers(ledger))",
            "invocations                     \(status.recorded): \(status.succeeded) succeeded, "
                + "\(status.cancelled) cancelled, \(status.dead) dead, \(status.owed) owed",
            "runs of handlers                \(checks.runs.runs.count), "
                + "\(checks.runs.runs.count { $0.ended == nil }) of them cut off",
            "calls of the service outside    \(checks.calls.count) keys",
            "planned instants                \(firings.fired) fired, \(firings.left) rows left out",
            "promises broken                 \(broken)", "",
        ]
    }

    private static func answers(_ ledger: ChaosLoad.Ledger) -> String {
        var counts: [String: Int] = [:]
        for heard in ledger.heard.values {
            for (answer, count) in heard { counts["\(answer)", default: 0] += count }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            .joined(separator: ", ")
    }

    private var schedulesSeen: (fired: Int, left: Int) {
        let firings = seen.values.flatMap(\.firings)
        return (firings.count { $0.event != nil }, firings.count { $0.event == nil })
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func right(_ value: Duration, _ width: Int) -> String {
        right(String(format: "%.2f", value / .seconds(1)), width)
    }
}
