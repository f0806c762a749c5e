/// A field of a cron pattern.
package enum CronField: Sendable, Hashable, CaseIterable {
    case second
    case minute
    case hour
    case dayOfMonth
    case month
    case dayOfWeek

    /// Such as "day of month".
    package var noun: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of month"
        case .month: "month"
        case .dayOfWeek: "day of week"
        }
    }

    /// The numbers that it may have; a day of week of 7 is Sunday, as is 0.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// What may stand for numbers, from the first of the range on.
    var names: [String] {
        switch self {
        case .second, .minute, .hour, .dayOfMonth: []
        case .month:
            [
                "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
            ]
        case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        }
    }

    /// The number or name in its range, or nil; names may have letters of either case.
    func value(of text: Substring) -> Int? {
        if let index = names.firstIndex(where: { text.isLetters($0) }) {
            return range.lowerBound + index
        }
        guard let number = text.number(digitsMax: 2), range.contains(number) else { return nil }
        return number
    }

    /// All that it may be, for an error.
    var expectation: String {
        let names = names.first.map { " or \($0) to \(self.names.last ?? $0)" } ?? ""
        let special =
            switch self {
            case .second, .minute, .hour, .month: ""
            case .dayOfMonth: "\"?\", \"L\", \"L-3\", \"LW\", \"15W\", "
            case .dayOfWeek: "\"?\", \"5L\", \"1#2\", "
            }
        return "\(range.lowerBound) to \(range.upperBound)\(names), \"*\", \(special)"
            + "a range \"a-b\", a step \"*/n\", \"a/n\" or \"a-b/n\", "
            + "or a list of these with commas"
    }
}

extension Substring {
    /// Whether it is this word of capital letters, in letters of either case.
    func isLetters(_ word: String) -> Bool {
        // Bit 5 is all that tells a small letter of ASCII from its capital.
        utf8.elementsEqual(word.utf8) { $0 & 0xDF == $1 }
    }

    /// The number that its decimal digits make, or nil where there is anything else or nothing.
    func number(digitsMax: Int) -> Int? {
        guard (1...digitsMax).contains(utf8.count), utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int(self)
    }
}
