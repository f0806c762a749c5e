/// Where a value came from, so that whoever wonders at it knows what to change.
package enum SettingsOrigin: Sendable, Equatable, CustomStringConvertible {
    /// Nobody set it.
    case standard
    /// The app's own declaration.
    case app
    /// A file and the line in it.
    case file(String, line: Int)
    /// An environment variable, by its whole name.
    case variable(String)
    /// A flag of the command line, with its dashes.
    case flag(String)

    /// "default", "app", "roost.yaml:12", "ROOST_LISTEN" or "--listen".
    package var description: String {
        switch self {
        case .standard: "default"
        case .app: "app"
        case .file(let path, let line): "\(path):\(line)"
        case .variable(let name), .flag(let name): name
        }
    }
}
