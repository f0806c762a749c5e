/// A text that is no cron pattern, or a pattern that would never run.
package struct CronError: Error, Equatable, CustomStringConvertible {
    /// The whole pattern as it was written.
    package var pattern: String
    /// Where it is wrong, and how.
    package var flaw: Flaw

    /// Made where the pattern is read.
    package init(pattern: String, flaw: Flaw) {
        self.pattern = pattern
        self.flaw = flaw
    }

    /// What is wrong.
    package enum Flaw: Sendable, Equatable {
        /// It is longer than `CronPattern.bytesMax`.
        case long(bytes: Int, max: Int)
        /// It has neither 5 nor 6 fields.
        case fieldCount(Int)
        /// It begins with `@` and is none of the known words.
        case word
        /// One part of a field, which has several where there are commas; the position is the
        /// field's, counted from 1.
        case part(String, of: String, in: CronField, position: Int, PartFault)
        /// Every field is right, but no date of the calendar matches.
        case never
    }

    /// What is wrong with a part of a field.
    package enum PartFault: Sendable, Equatable {
        /// Nothing stands before, between or after commas.
        case empty
        /// Neither a number in range nor anything else that the field may have.
        case unknown
        /// What follows the slash is no number from 1 on.
        case step
        /// A range whose end comes before its start, and what may be meant.
        case backwards(instead: String)
    }

    /// Such as `cron pattern "61 * * * *": minute (field 1) is "61", expected 0 to 59, …`.
    package var description: String { "cron pattern \(quoted(pattern)): \(flawText)" }

    private var flawText: String {
        switch flaw {
        case .long(let bytes, let max): "it has \(bytes) bytes where \(max) are the most"
        case .fieldCount(let count):
            "it has \(count) fields, expected 5 (minute, hour, day of month, month, day of week) "
                + "or 6 with the second before them"
        case .word: wordText
        case .part(let part, let text, let field, let position, let fault):
            "\(field.noun) (field \(position)) "
                + (part == text
                    ? "is \(quoted(text))" : "has \(quoted(part)) in \(quoted(text))")
                + faultText(fault, of: part, in: field)
        case .never:
            "it would never run, for no date has that day, month and weekday; "
                + "expected a day that one of its months has"
        }
    }

    private var wordText: String {
        let known = CronPattern.words.map(\.word)
        let hint =
            pattern.hasPrefix("@every") ? "; equal distances are .every(duration)" : ""
        return "the word is not known, expected \(known.joined(separator: ", "))"
            + suggestion(for: pattern, among: known) + hint
    }

    private func faultText(_ fault: PartFault, of part: String, in field: CronField) -> String {
        switch fault {
        case .empty:
            ", which has nothing beside a comma, expected \(field.expectation)"
        case .unknown:
            ", expected \(field.expectation)" + suggestion(for: part, among: field.names)
        case .step: ", whose step is none, expected a number from 1 to 9999 after \"/\""
        case .backwards(let instead):
            ", which runs backwards; a range over the end is two, such as \"\(instead)\""
        }
    }
}

/// At most 80 characters of a text, fit for one line of a log.
func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(80).map { scalar in
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "\u{FFFD}" : String(scalar)
    }
    return "\"" + shown.joined() + (text.unicodeScalars.count > 80 ? "…\"" : "\"")
}

/// The end of an error, `; did you mean "JUN"?`, or nothing where no word is near: one with at most
/// one letter wrong, missing or too many, or two swapped, or that the text goes on after.
private func suggestion(for text: String, among words: [String]) -> String {
    let letters = Array(text.uppercased().utf8.prefix(32))
    let near = words.first { word in
        let others = Array(word.uppercased().utf8)
        return letters.starts(with: others) || isOneSlip(letters, others)
    }
    return near.map { "; did you mean \"\($0)\"?" } ?? ""
}

/// Whether two words are the same between a common beginning and a common end, up to one letter in
/// either or two swapped ones.
private func isOneSlip(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    let start = zip(left, right).prefix { $0 == $1 }.count
    let restMax = min(left.count, right.count) - start
    let end = min(restMax, zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count)
    let (mine, others) = (left[start..<left.count - end], right[start..<right.count - end])
    if mine.count <= 1, others.count <= 1 { return min(left.count, right.count) > 1 }
    return mine.count == 2 && mine.elementsEqual(others.reversed())
}
