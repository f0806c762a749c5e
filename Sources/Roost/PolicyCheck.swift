import Contract

/// Finds what is out of range in a function's declaration.
struct PolicyCheck {
    let function: FunctionDeclaration

    private static let timeoutMax = Duration.hours(24)
    private static let maxAgeMax = Duration.days(365)
    private static let attemptsMax = 1_000
    private static let concurrencyMax = 100_000
    private static let depthMax = 1_000_000

    var mistakes: [String] {
        var mistakes: [String] = []
        if let error = NameRule.function.error(for: function.name) { mistakes.append("\(error)") }
        let policies = function.policies
        check(policies.timeout, "timeout", from: .milliseconds(1), to: Self.timeoutMax, &mistakes)
        check(policies.maxAge, "maxAge", from: .milliseconds(1), to: Self.maxAgeMax, &mistakes)
        check(policies.retry.attemptsMax, "attempts", 1...Self.attemptsMax, &mistakes)
        for delay in policies.retry.growth.delays {
            check(delay, "a delay of retry", from: .zero, to: Retry.delayMax, &mistakes)
        }
        if let concurrency = policies.concurrencyMax {
            check(concurrency, "concurrency", 1...Self.concurrencyMax, &mistakes)
        }
        check(policies.depthMax, "depthMax", 1...Self.depthMax, &mistakes)
        return mistakes
            + function.secrets.filter { !Self.isSecret($0) }.map { name in
                "the function \"\(function.name)\" reads the secret \"\(name)\"; "
                    + "expected 1 to 64 of A-Z, 0-9 and '_', the first a letter"
            }
    }

    private func check(
        _ found: Int, _ what: String, _ range: ClosedRange<Int>, _ mistakes: inout [String]
    ) {
        guard !range.contains(found) else { return }
        mistakes.append(
            "the function \"\(function.name)\" has \(what) \(found), "
                + "expected \(range.lowerBound) to \(range.upperBound)")
    }

    private func check(
        _ found: Duration, _ what: String, from least: Duration, to most: Duration,
        _ mistakes: inout [String]
    ) {
        guard !(least...most).contains(found) else { return }
        mistakes.append(
            "the function \"\(function.name)\" has \(what) \(found), expected \(least) to \(most)")
    }

    private static func isSecret(_ name: String) -> Bool {
        let bytes = name.utf8
        guard let first = bytes.first, (65...90).contains(first), bytes.count <= 64 else {
            return false
        }
        return bytes.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}

extension Retry.Growth {
    fileprivate var delays: [Duration] {
        switch self {
        case .exponential(let from, let to): [from, to]
        case .linear(let delay), .fixed(let delay): [delay]
        case .table(let delays): delays
        }
    }
}
