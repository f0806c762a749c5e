/// A seed that broke a rule, and the least of its plan that still does.
package struct Finding: Sendable {
    /// The run that failed.
    package let trial: Trial
    /// The rule that it broke.
    package let violation: Violation
    /// What happened in the shortest run that was found.
    package let trace: [String]
    /// What is left of the plan.
    package let actions: Int
    /// What is left of the faults.
    package let faults: Int

    /// The lines that a person needs, with how to run it again.
    package var text: String {
        var lines = [
            "seed \(trial.seed): \(violation)",
            "the shortest run that does it has \(actions) actions and \(faults) faults:",
        ]
        let shown = trace.suffix(Self.linesMax)
        if shown.count < trace.count {
            lines.append("  (\(trace.count - shown.count) lines before)")
        }
        lines += shown.map { "  \($0)" }
        lines.append("run it again: make simulate SEEDS=\(trial.seed) STORE=\(trial.medium)")
        return lines.joined(separator: "\n")
    }

    private static let linesMax = 120
}

extension Trial {
    /// Runs it, and finds the shortest run that breaks the same rule where one is broken.
    ///
    /// - Parameter triesMax: how many shorter plans are tried.
    package nonisolated(nonsending) func finding(triesMax: Int = 300) async throws -> Finding? {
        let plan = plan
        guard let violation = try await run(plan, isTraced: false).violation else { return nil }
        var shrinking = Shrinking(
            trial: self, plan: plan, invariant: violation.invariant, tries: triesMax)
        try await shrinking.shrink()
        let last = try await run(shrinking.plan, isTraced: true)
        return Finding(
            trial: self, violation: last.violation ?? violation, trace: last.trace,
            actions: shrinking.plan.actions.count, faults: shrinking.plan.troubles.count)
    }
}

/// Takes away from a plan whatever it fails without.
private struct Shrinking {
    let trial: Trial
    var plan: Plan
    let invariant: Int
    var tries: Int

    nonisolated(nonsending) mutating func shrink() async throws {
        try await shrink(\.troubles)
        try await shrink(\.actions)
        try await shrink(\.troubles)
    }

    /// Halves, then quarters, and so on down to each alone.
    private nonisolated(nonsending) mutating func shrink<What: Sendable>(
        _ path: WritableKeyPath<Plan, [Plan.Timed<What>]> & Sendable
    ) async throws {
        var size = max(1, plan[keyPath: path].count / 2)
        while true {
            var start = 0
            while start < plan[keyPath: path].count, tries > 0 {
                var shorter = plan
                let end = min(start + size, shorter[keyPath: path].count)
                shorter[keyPath: path].removeSubrange(start..<end)
                if try await fails(shorter) { plan = shorter } else { start += size }
            }
            if size == 1 || tries == 0 { return }
            size /= 2
        }
    }

    private nonisolated(nonsending) mutating func fails(_ shorter: Plan) async throws -> Bool {
        tries -= 1
        let result = try await trial.run(shorter, isTraced: false)
        return result.violation?.invariant == invariant
    }
}
