/// A field of a pattern as its author wrote it, with all that an error about it says.
struct FieldText {
    let pattern: String
    let field: CronField
    /// Counted from 1 in the pattern.
    let position: Int
    let text: Substring

    /// Whether it restricts nothing by itself, as far as the rules on days and fixed times look.
    var isOpen: Bool { text.first == "*" || text == "?" }

    /// What stands between its commas; nothing may not.
    func parts() throws(CronError) -> [Substring] {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty }) else { throw error(in: text, .empty) }
        return parts
    }

    /// The values of a field that has nothing but numbers, names, ranges and steps.
    func values() throws(CronError) -> FieldValues {
        var values = FieldValues()
        for part in try parts() { values.formUnion(try self.values(of: part)) }
        return values
    }

    /// The values of one part: `*`, `a` or `a-b`, and perhaps a step after it.
    func values(of part: Substring) throws(CronError) -> FieldValues {
        let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let step = halves.count == 1 ? nil : halves[1].number(digitsMax: 4)
        var range = try range(of: halves[0], part: part)
        if halves.count == 2 {
            guard let step, step > 0 else { throw error(in: part, .step) }
            // "5/10" goes on to the end of the field; "5" alone is one value.
            if range.count == 1, !halves[0].contains("-") {
                range = range.lowerBound...field.range.upperBound
            }
        }
        var values = FieldValues()
        for value in stride(from: range.lowerBound, through: range.upperBound, by: step ?? 1) {
            values.insert(value)
        }
        return values
    }

    private func range(of text: Substring, part: Substring) throws(CronError) -> ClosedRange<Int> {
        if text == "*" { return field.range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = field.value(of: ends[0]),
            let last = ends.count == 1 ? first : field.value(of: ends[1])
        else { throw error(in: part, .unknown) }
        guard first <= last else {
            throw error(in: part, .backwards(instead: forwards(from: first, through: last)))
        }
        return first...last
    }

    /// What is meant by a range that goes over the field's end.
    private func forwards(from first: Int, through last: Int) -> String {
        let (lowest, highest) = (field.range.lowerBound, field.range.upperBound)
        return (first == highest ? "\(first)," : "\(first)-\(highest),")
            + (last == lowest ? "\(last)" : "\(lowest)-\(last)")
    }

    /// The error that a part of it is, with what it is part of.
    func error(in part: Substring, _ fault: CronError.PartFault) -> CronError {
        CronError(
            pattern: pattern,
            flaw: .part(String(part), of: String(text), in: field, position: position, fault))
    }
}
