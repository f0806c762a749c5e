import Contract
import Yams

/// A YAML file, cut into entries: one for each key that is known, one mistake for each that is not.
struct SettingsFile {
    private(set) var entries: [SettingsEntry] = []
    private(set) var mistakes: [SettingsMistake] = []
    private let name: String

    static let bytesMax = 1 << 20

    /// Reads `name` in a directory; a file that is not there says nothing.
    init(named name: String, in directory: String) {
        self.name = name
        do {
            guard let text = try textOfFile(directory + "/" + name, bytesMax: Self.bytesMax) else {
                return
            }
            try read(text)
        } catch let error as YamlError {
            mistakes.append(mistake(of: error))
        } catch {
            mistakes.append(SettingsMistake(nil, "\(name) can't be read: \(error)"))
        }
    }

    private mutating func read(_ text: String) throws {
        guard let root = try compose(yaml: text) else { return }
        if case .mapping(let members) = root {
            read(members, at: [])
        } else if !isNothing(root) {
            let text = "the file is no group of keys; expected lines such as \"workers: 4\""
            mistakes.append(SettingsMistake(origin(of: root), text))
        }
    }

    private mutating func read(_ members: Node.Mapping, at path: [String]) {
        var growths: [String] = []
        for (key, value) in members {
            guard let name = key.string else {
                mistakes.append(
                    SettingsMistake(origin(of: key), "a key is no text; expected a name"))
                continue
            }
            if path.count == 3, path[2] == "retry", Self.growths.contains(name) {
                growths.append(name)
            }
            read(value, at: path + [name], key: key)
        }
        if growths.count > 1 {
            let text =
                "\(path.joined(separator: ".")) grows by \(growths.joined(separator: " and by ")); "
                + "expected one of them"
            mistakes.append(SettingsMistake(origin(of: .mapping(members)), text))
        }
    }

    private static let growths = ["exponential", "linear", "fixed", "table"]

    private mutating func read(_ value: Node, at path: [String], key: Node) {
        let isKey = SettingsKey.at(path) != nil
        let isGroup = !SettingsKey.members(of: path).isEmpty
        guard isKey || isGroup else {
            return mistakes.append(SettingsMistake(origin(of: key), unknownKeyText(path)))
        }
        if path.count == 2, path[0] == "buckets", hasNothing(value) {
            let text =
                "\"\(path.joined(separator: "."))\" has no directory; expected a line such as "
                + "\"directory: \(path[1])\" below it"
            return mistakes.append(SettingsMistake(origin(of: key), text))
        }
        if case .mapping(let members) = value, isGroup { return read(members, at: path) }
        if !isKey {
            // A group with nothing in it, such as `limits:` above comments only, says nothing.
            if isNothing(value) { return }
            let text =
                "\"\(path.joined(separator: "."))\" is \(found(value).description); "
                + "expected a group of keys"
            return mistakes.append(SettingsMistake(origin(of: key), text))
        }
        entries.append(SettingsEntry(path: path, found: found(value), origin: origin(of: key)))
    }

    private func unknownKeyText(_ path: [String]) -> String {
        let name = path.last ?? ""
        let group = path.dropLast().map { $0 + "." }.joined()
        let siblings = SettingsKey.members(of: Array(path.dropLast()))
        var cure = ". Known here are: \(siblings.joined(separator: ", "))"
        if let near = nearest(to: name, among: siblings) {
            cure = "; did you mean \"\(group + near)\"?"
        } else if let elsewhere = SettingsKey.all.first(where: { $0.name.hasSuffix("." + name) }) {
            cure = "; did you mean \"\(elsewhere.name.replacing("*", with: "NAME"))\"?"
        }
        return "unknown key \"\(path.joined(separator: "."))\"" + cure
    }

    private func found(_ node: Node) -> SettingsFound {
        switch node {
        case .scalar(let scalar): isNothing(node) ? .nothing : .text(scalar.string)
        case .sequence(let elements): .list(elements.map { $0.scalar?.string ?? "" })
        case .mapping: .group
        case .alias: .nothing
        }
    }

    private func hasNothing(_ node: Node) -> Bool {
        if case .mapping(let members) = node { members.isEmpty } else { isNothing(node) }
    }

    private func isNothing(_ node: Node) -> Bool {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
        return ["", "~", "null"].contains(scalar.string)
    }

    private func origin(of node: Node) -> SettingsOrigin { .file(name, line: node.mark?.line ?? 1) }

    private func mistake(of error: YamlError) -> SettingsMistake {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SettingsMistake(.file(name, line: mark.line), "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            SettingsMistake(
                .file(name, line: context.mark.line),
                "the same key stands twice: \(keys.joined(separator: ", ")); expected each once")
        case .reader(let problem, _, _, _):
            SettingsMistake(.file(name, line: 1), "not YAML: \(problem)")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            SettingsMistake(.file(name, line: 1), "can't be read: \(error)")
        }
    }
}
