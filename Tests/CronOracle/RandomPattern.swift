import Cron

/// Makes patterns of every form that the module reads.
struct RandomPattern {
    /// What a pattern shall be near: the clock's hour where it changes, or nothing.
    var hour: Int?

    private static let words = [
        "@hourly", "@daily", "@midnight", "@weekly", "@monthly", "@yearly", "@annually", "@Daily",
    ]
    /// Few days but those of a whole month, so that the changes of clocks are met.
    private static let openDays = ["* * *", "* * ?", "? * *", "1-31 * *", "* * 0-6"]

    /// A pattern that matches at least one date.
    func pattern(_ random: inout SplitMix64) throws -> CronPattern {
        while true {
            let pattern = try CronPattern(text(&random))
            if pattern.hasDates { return pattern }
        }
    }

    private func text(_ random: inout SplitMix64) -> String {
        if random.isOne(in: 40) { return random.element(of: Self.words) }
        let times =
            seconds(&random) + [
                RandomField(.minute).text(&random), hourText(&random),
            ]
        if hour != nil, !random.isOne(in: 3) {
            return (times + [random.element(of: Self.openDays)]).joined(separator: " ")
        }
        let days = [CronField.dayOfMonth, .month, .dayOfWeek].map { field in
            // A field that restricts nothing is the rule: else hardly any pattern has ten dates.
            let isOpen = random.isOne(in: 2) || field == .month && random.isOne(in: 2)
            return isOpen ? "*" : RandomField(field).text(&random)
        }
        return (times + days).joined(separator: random.isOne(in: 30) ? "  " : " ")
    }

    /// One pattern of three has seconds.
    private func seconds(_ random: inout SplitMix64) -> [String] {
        guard random.isOne(in: 3) else { return [] }
        return [random.isOne(in: 2) ? "0" : RandomField(.second).text(&random)]
    }

    private func hourText(_ random: inout SplitMix64) -> String {
        guard let hour, !random.isOne(in: 3) else {
            return RandomField(.hour).text(&random)
        }
        let early = (hour + random.number(in: -1...1) + 24) % 24
        let late = min(23, early + random.number(in: 0...3))
        switch random.number(in: 0...4) {
        case 0: return "*"
        case 1: return "*/\(random.number(in: 1...3))"
        case 2: return "\(early)-\(late)"
        default: return "\(early)"
        }
    }
}
