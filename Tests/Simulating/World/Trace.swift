import Contract

/// What happened in a run, in order, for people who look for the reason of a failure.
struct Trace {
    private(set) var lines: [String] = []
    /// False while nobody will read it: texts cost more than the run.
    let isKept: Bool

    mutating func note(_ now: Instant, _ text: @autoclosure () -> String) {
        guard isKept else { return }
        lines.append("\(now.rfc3339)  \(text())")
    }
}
