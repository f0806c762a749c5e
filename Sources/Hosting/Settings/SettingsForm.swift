import EventLoop

/// What a source says for a key, before anybody knows what it means.
enum SettingsFound: Sendable, Equatable {
    case text(String)
    case list([String])
    case group
    case nothing

    /// The value as an error shows it.
    var description: String {
        switch self {
        case .text(let text): "\"\(text)\""
        case .list: "a list"
        case .group: "a group of keys"
        case .nothing: "nothing"
        }
    }
}

/// How the value of a key is written, and how it is read.
struct SettingsForm<Value: Sendable>: Sendable {
    /// Completes the sentence "expected …".
    let expected: String
    /// False where the value must not be shown.
    var isShown = true
    /// Nil for what is not of this form.
    let read: @Sendable (SettingsFound) -> Value?
}

extension SettingsForm {
    private init(_ expected: String, reading read: @escaping @Sendable (String) -> Value?) {
        self.init(expected: expected) { found in
            guard case .text(let text) = found else { return nil }
            return read(text)
        }
    }
}

extension SettingsForm where Value == String {
    static let path = SettingsForm("a path") { $0.isEmpty ? nil : $0 }

    /// A word of a name: it becomes part of a file's name.
    static let word = SettingsForm("1 to 32 letters, digits, '-' and '_'") { text in
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 97...122, 45, 95: true
            default: false
            }
        }
        return isWord && (1...32).contains(text.utf8.count) ? text : nil
    }
}

extension SettingsForm where Value == Int {
    static func count(_ range: ClosedRange<Int>) -> SettingsForm {
        SettingsForm("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text.replacing("_", with: "")).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    static func size(_ range: ClosedRange<Int>) -> SettingsForm {
        let bounds = "from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))"
        return SettingsForm("a size such as 8MiB, \(bounds)") { text in
            bytes(of: text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingsForm where Value == Int? {
    static func countOrUnlimited(_ range: ClosedRange<Int>) -> SettingsForm {
        let count = SettingsForm<Int>.count(range)
        return SettingsForm("\(count.expected), or unlimited") { text in
            text == "unlimited" ? .some(nil) : count.read(.text(text)).map(Optional.some)
        }
    }
}

extension SettingsForm where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> SettingsForm {
        let bounds = "from \(durationText(range.lowerBound)) to \(durationText(range.upperBound))"
        return SettingsForm("a duration such as 30s, 5m, 2h or 7d, \(bounds)") { text in
            Hosting.duration(of: text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension SettingsForm where Value == [Duration] {
    static func durations(_ range: ClosedRange<Duration>, countMax: Int) -> SettingsForm {
        let one = SettingsForm<Duration>.duration(range)
        return SettingsForm(expected: "1 to \(countMax) of \(one.expected), in brackets") { found in
            guard case .list(let texts) = found, (1...countMax).contains(texts.count) else {
                return nil
            }
            let durations = texts.compactMap { one.read(.text($0)) }
            return durations.count == texts.count ? durations : nil
        }
    }
}

extension SettingsForm where Value == SocketAddress {
    /// A numeric address, for a name could mean several and a resolver that is late.
    static let address = SettingsForm(
        "a numeric address and a port such as 127.0.0.1:8080 or [::1]:8080, port 0 for any free one"
    ) { SocketAddress(text: $0) }
}

extension SettingsForm where Value: RawRepresentable<String> {
    static func choice(of values: [Value]) -> SettingsForm {
        let words = values.map(\.rawValue).joined(separator: ", ")
        let known = Dictionary(uniqueKeysWithValues: values.map { ($0.rawValue, $0) })
        return SettingsForm("one of \(words)") { known[$0] }
    }
}

extension SettingsForm where Value: RawRepresentable<String> & CaseIterable {
    static var choice: SettingsForm { choice(of: Array(Value.allCases)) }
}
