/// What a run saw of a schedule that is planned for every second, until its firing was ended.
struct SeenSchedule {
    /// Since when it is known, as the host said at first.
    var since: String
    /// What the host said of that later: another one is of a row that was lost and made again.
    private(set) var otherSinces: Set<String> = []
    /// All that were listed, for the host lists only the last.
    var firings: [HostView.Firing]
    /// The second since 1970 in which its firing was ended.
    var endedAt: Int?

    /// Each instant is decided within a second of it; what a fault held up was waited for.
    private static let lagSecondsMax = 2

    init(since: String, firings: [HostView.Firing] = [], endedAt: Int? = nil) {
        self.since = since
        self.firings = firings
        self.endedAt = endedAt
    }

    /// Adds what the host says now.
    mutating func take(_ schedule: HostView.Schedule) {
        if schedule.since != since { otherSinces.insert(schedule.since) }
        firings = Array(Set(firings + schedule.firings))
    }

    /// Each second since it is known is decided once, up to the end of its firing.
    func mistakes(_ name: String) -> [String] {
        var found = otherSinces.sorted().map {
            "\(name): known since \(since) at first, and since \($0) later"
        }
        var decided: Set<Int> = []
        for second in firings.flatMap(\.seconds) where !decided.insert(second).inserted {
            found.append("\(name): the instant \(second) is decided twice")
        }
        guard let last = decided.max() else { return found + ["\(name) never fired"] }
        for second in stride(from: HostView.second(since) + 1, through: last, by: 1)
        where !decided.contains(second) {
            found.append("\(name): the instant \(second) was neither fired nor left out")
        }
        guard let endedAt else { return found + ["\(name): nobody ended its firing"] }
        if last < endedAt - Self.lagSecondsMax {
            found.append("\(name): decided up to \(last), and its firing ended at \(endedAt)")
        }
        return found
    }
}
