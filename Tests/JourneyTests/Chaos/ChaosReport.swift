import Foundation

/// What was done in a run, and the numbers that it ends with.
struct ChaosReport {
    static let schedules = ["all", "latest"]

    private var faults: [(fault: ChaosFault, took: Duration)] = []
    /// The firings that were seen so far: the host lists only the last.
    private(set) var seen: [String: HostView.Schedule] = [:]

    mutating func add(_ fault: ChaosFault, took: Duration) { faults.append((fault, took)) }

    mutating func note(_ ground: ChaosGround) async throws {
        for name in Self.schedules {
            var schedule = try await HostView.schedule(name, ground.host, ground.caller)
            schedule.firings = Array(Set(schedule.firings + (seen[name]?.firings ?? [])))
            seen[name] = schedule
        }
    }

    func table(_ checks: ChaosChecks, broken: Int, _ ground: ChaosGround) -> String {
        var rows = ["", "fault                                  times   until accepted again, s"]
        rows.append("                                               median      longest")
        for fault in ChaosFault.allCases {
            let took = faults.filter { $0.fault == fault }.map(\.took).sorted()
            guard let longest = took.last else { continue }
            rows.append(
                Self.padded(fault.rawValue, 38) + Self.right(took.count, 6)
                    + Self.right(took[took.count / 2], 12) + Self.right(longest, 13))
        }
        let status = checks.view.status
        let ledger = checks.ledger
        let firings = schedulesSeen
        rows += [
            "", "power cuts                      \(ground.cuts)",
            "restarts that the host asked for \(ground.restartsAsked)",
            "accepted                        \(ledger.accepted.count), after \(ledger.refused) "
                + "of \(ledger.sent) calls were refused or unanswered",
            "invocations                     \(status.recorded): \(status.succeeded) succeeded, "
                + "\(status.cancelled) cancelled, \(status.dead) dead, \(status.owed) owed",
            "runs of handlers                \(checks.runs.runs.count), "
                + "\(checks.runs.runs.count { $0.ended == nil }) of them cut off",
            "calls of the service outside    \(checks.calls.count) keys",
            "planned instants                \(firings.fired) fired, \(firings.left) rows left out",
            "promises broken                 \(broken)", "",
        ]
        return rows.joined(separator: "\n")
    }

    private var schedulesSeen: (fired: Int, left: Int) {
        let firings = seen.values.flatMap(\.firings)
        return (firings.count { $0.event != nil }, firings.count { $0.event == nil })
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ value: Int, _ width: Int) -> String {
        let text = "\(value)"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private static func right(_ value: Duration, _ width: Int) -> String {
        let text = String(format: "%.2f", value / .seconds(1))
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
