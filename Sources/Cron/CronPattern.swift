/// The times at which a schedule runs, as crontab(5) writes them: `0 3 * * MON-FRI`.
///
/// Five fields, minute, hour, day of month, month and day of week, or six with the second before
/// them; or one of the words `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` and
/// `@annually`. A field is a list of numbers or names, ranges and steps; 0 and 7 are Sunday. The
/// day of month may also be `L` (the last), `L-3`, `15W` (the nearest Monday to Friday in the
/// month; a month without the 31st has no `31W`) and `LW`; the day of week `5L` (the last Friday)
/// and `1#2` (the second Monday). `?` is `*` in these two. Where either of them begins with `*` or
/// is `?`, both must match; else either is enough.
package struct CronPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as its author wrote it.
    package let text: String
    let days: MatchingDays
    let times: MatchingTimes
    /// Whether its times are those of a clock on the wall, such as "at half past two", and none
    /// comes round with every hour, minute or second: none of those fields begins with `*`.
    package let isFixed: Bool
    /// False where the fields match no date of the calendar, such as February 30; it then has no
    /// next instant.
    package let hasDates: Bool

    /// Room for two fields that list all their values.
    package static let bytesMax = 1_000

    /// Reads a pattern; throws on the first field that is wrong. A pattern that matches no date is
    /// read without an error, and refused by `requireDates()`.
    package init(_ text: String) throws(CronError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw CronError(
                pattern: text, flaw: .long(bytes: text.utf8.count, max: Self.bytesMax))
        }
        self.text = text
        let fields = try Self.fields(of: text)
        let second = fields.count == 6 ? fields[0] : nil
        let last = fields.count - 1
        times = try MatchingTimes(hour: fields[last - 3], minute: fields[last - 4], second: second)
        days = try MatchingDays(
            month: fields[last - 1], dayOfMonth: fields[last - 2], dayOfWeek: fields[last])
        isFixed = !fields[...(last - 3)].contains { $0.isOpen }
        hasDates = days.first(from: 0) != nil
    }

    private static func fields(of text: String) throws(CronError) -> [FieldText] {
        var texts = text.split { $0 == " " || $0 == "\t" }
        if let word = texts.first, word.first == "@" {
            guard texts.count == 1, let known = words.first(where: { word.isWord($0.word) }) else {
                throw CronError(pattern: text, flaw: .word)
            }
            texts = known.fields.split(separator: " ")
        }
        guard texts.count == 5 || texts.count == 6 else {
            throw CronError(pattern: text, flaw: .fieldCount(texts.count))
        }
        return zip(CronField.allCases.suffix(texts.count), texts).enumerated().map { place, field in
            FieldText(pattern: text, field: field.0, position: place + 1, text: field.1)
        }
    }

    static let words: [(word: String, fields: String)] = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"), ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
    ]

    /// Throws where no date of the calendar matches: such a schedule is refused when it is
    /// registered, not left to wait for ever.
    package func requireDates() throws(CronError) {
        guard hasDates else { throw CronError(pattern: text, flaw: .never) }
    }

    package var description: String { text }
}

extension Substring {
    /// Whether it is this known word, in letters of either case.
    fileprivate func isWord(_ word: String) -> Bool {
        dropFirst().isLetters(word.dropFirst().uppercased())
    }
}
