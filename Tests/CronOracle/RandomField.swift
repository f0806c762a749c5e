import Cron

/// Makes one field of a pattern: a list of numbers, names, ranges and steps, and what the days have
/// of their own.
struct RandomField {
    private let field: CronField
    private let range: ClosedRange<Int>
    private let names: [String]

    init(_ field: CronField) {
        self.field = field
        switch field {
        case .second, .minute: (range, names) = (0...59, [])
        case .hour: (range, names) = (0...23, [])
        case .dayOfMonth: (range, names) = (1...31, [])
        case .month: (range, names) = (1...12, Self.months)
        case .dayOfWeek: (range, names) = (0...7, Self.weekdays)
        }
    }

    private static let months = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]
    private static let weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]

    func text(_ random: inout SplitMix64) -> String {
        let isDay = field == .dayOfMonth || field == .dayOfWeek
        if isDay, random.isOne(in: 12) { return "?" }
        let count = random.isOne(in: 3) ? random.number(in: 2...4) : 1
        return (1...count).map { _ in part(&random) }.joined(separator: ",")
    }

    private func part(_ random: inout SplitMix64) -> String {
        switch random.number(in: 0...19) {
        case 0...1: "*"
        case 2...5: "*/\(step(&random))"
        case 6...7: "\(value(&random))/\(step(&random))"
        case 8...9: stretch(&random)
        case 10: "\(stretch(&random))/\(step(&random))"
        case 11...13: special(&random)
        default: value(&random)
        }
    }

    /// Mostly one that leaves several values.
    private func step(_ random: inout SplitMix64) -> Int {
        random.number(in: 1...(random.isOne(in: 10) ? 99 : max(2, range.count / 2)))
    }

    private func value(_ random: inout SplitMix64) -> String {
        spelling(of: random.number(in: range), &random)
    }

    private func stretch(_ random: inout SplitMix64) -> String {
        let first = random.number(in: range)
        let last = random.number(in: first...range.upperBound)
        return "\(spelling(of: first, &random))-\(spelling(of: last, &random))"
    }

    private func spelling(of value: Int, _ random: inout SplitMix64) -> String {
        let place = value - range.lowerBound
        if names.indices.contains(place), random.isOne(in: 3) {
            return random.isOne(in: 3) ? names[place].lowercased() : names[place]
        }
        return random.isOne(in: 20) && value < 10 ? "0\(value)" : "\(value)"
    }

    private func special(_ random: inout SplitMix64) -> String {
        switch field {
        case .second, .minute, .hour, .month: value(&random)
        case .dayOfMonth:
            switch random.number(in: 0...5) {
            case 0...1: "L"
            case 2: "L-\(random.number(in: 1...30))"
            case 3: "LW"
            default: "\(random.number(in: range))W"
            }
        case .dayOfWeek:
            random.isOne(in: 2)
                ? "\(value(&random))L" : "\(value(&random))#\(random.number(in: 1...5))"
        }
    }
}
