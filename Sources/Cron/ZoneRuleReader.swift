/// Reads the rule of a zone as POSIX and RFC 9636 write it.
///
/// Each step answers nil where the text is wrong, and the rule is nil then; who asked has the text
/// for the error.
struct ZoneRuleReader {
    private var rest: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { rest = text }

    /// The whole text as a rule.
    mutating func rule() -> ZoneRule? {
        guard skipName(), let west = time(hoursMax: 24) else { return nil }
        var rule = ZoneRule(standardOffset: -west)
        guard !rest.isEmpty else { return rule }
        guard skipName() else { return nil }
        var offset = rule.standardOffset + 3600
        if rest.first != UInt8(ascii: ",") {
            guard let west = time(hoursMax: 24) else { return nil }
            offset = -west
        }
        guard let start = moment(), let end = moment(), rest.isEmpty else { return nil }
        rule.summer = ZoneRule.Summer(offset: offset, start: start, end: end)
        return rule
    }

    /// At least three letters, or letters, digits and signs between angle brackets.
    private mutating func skipName() -> Bool {
        let isQuoted = skip("<")
        let name = rest.prefix { byte in
            let isLetter = (65...90).contains(byte & 0xDF)
            let isOther = (48...57).contains(byte) || [43, 45].contains(byte)
            return isLetter || isQuoted && isOther
        }
        rest = rest.dropFirst(name.count)
        return name.count >= 3 && (!isQuoted || skip(">"))
    }

    /// Hours, and perhaps minutes and seconds after colons, with or without a sign.
    private mutating func time(hoursMax: Int) -> Int? {
        let isNegative = skip("-")
        if !isNegative { _ = skip("+") }
        guard let hours = number(in: 0...hoursMax) else { return nil }
        var seconds = hours * 3600
        for unit in [60, 1] where skip(":") {
            guard let count = number(in: 0...59) else { return nil }
            seconds += count * unit
        }
        return isNegative ? -seconds : seconds
    }

    /// A comma, a day and perhaps the time after a slash, which else is two o'clock.
    private mutating func moment() -> ZoneRule.Moment? {
        guard skip(","), let day = day() else { return nil }
        guard skip("/") else { return ZoneRule.Moment(day: day, second: 2 * 3600) }
        return time(hoursMax: 167).map { ZoneRule.Moment(day: day, second: $0) }
    }

    private mutating func day() -> ZoneRule.YearDay? {
        if skip("J") { return number(in: 1...365).map { .withoutLeapDay($0) } }
        guard skip("M") else { return number(in: 0...365).map { .withLeapDay($0) } }
        guard let month = number(in: 1...12), skip("."), let week = number(in: 1...5), skip("."),
            let weekday = number(in: 0...6)
        else { return nil }
        return .weekday(weekday, week: week, month: month)
    }

    /// Up to three decimal digits.
    private mutating func number(in range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard (1...3).contains(digits.count) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
        rest = rest.dropFirst(digits.count)
        return range.contains(number) ? number : nil
    }

    private mutating func skip(_ letter: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: letter) else { return false }
        rest = rest.dropFirst()
        return true
    }
}
