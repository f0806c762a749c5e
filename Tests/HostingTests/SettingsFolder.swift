import Foundation

@testable import Hosting

/// A folder of its own for one test, gone with it.
final class SettingsFolder {
    let path: String

    /// - Parameter files: texts by their paths within the folder.
    init(_ files: [String: String] = [:]) throws {
        path = FileManager.default.temporaryDirectory.path + "/roost-settings-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try! FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String, mode: Int = 0o644) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        let folder = file.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func load(
        flags: ServeFlags = ServeFlags(), variables: [String: String] = [:]
    ) throws(SettingsError) -> Settings {
        try Settings.load(flags: flags, variables: variables, directory: path, needsApp: false)
    }

    /// Every mistake as it is shown, for settings that have some.
    func mistakes(flags: ServeFlags = ServeFlags(), variables: [String: String] = [:]) -> [String] {
        do {
            _ = try load(flags: flags, variables: variables)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }
}

/// The mistakes of a roost.yaml that says `text`.
func mistakes(in text: String) throws -> [String] {
    try SettingsFolder(["roost.yaml": text]).mistakes()
}
