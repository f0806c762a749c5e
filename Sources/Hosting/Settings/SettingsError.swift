/// One thing that is wrong with the settings.
package struct SettingsMistake: Sendable, Equatable, CustomStringConvertible {
    /// Where it stands, or nil where something is missing everywhere.
    package var origin: SettingsOrigin?
    /// What was found, what was expected and what to do.
    package var text: String

    /// A mistake and where it was found.
    package init(_ origin: SettingsOrigin?, _ text: String) {
        self.origin = origin
        self.text = text
    }

    package var description: String { origin.map { "\($0): \(text)" } ?? text }
}

/// Every mistake in the settings at once, so that one run shows all that is to be done.
package struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// At least one, in the order of the sources.
    package let mistakes: [SettingsMistake]

    /// Traps without a mistake.
    package init(_ mistakes: [SettingsMistake]) {
        precondition(!mistakes.isEmpty, "an error says at least one mistake")
        self.mistakes = mistakes
    }

    /// The mistake, or a count and one line for each.
    package var description: String {
        guard mistakes.count > 1 else { return mistakes[0].description }
        let lines = mistakes.map { "\n  \($0)" }.joined()
        return "the settings have \(mistakes.count) mistakes:" + lines
    }
}
