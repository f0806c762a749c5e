/// What one source says for one key.
struct SettingsEntry: Sendable, Equatable {
    /// The parts of the key's name, a function's name among them as it is.
    var path: [String]
    var found: SettingsFound
    var origin: SettingsOrigin
}
