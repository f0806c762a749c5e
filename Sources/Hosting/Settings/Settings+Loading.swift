import Contract
import Glibc

extension Settings {
    /// Reads all sources, the strongest last, and checks everything before it gives anything back.
    ///
    /// - Parameters:
    ///   - variables: the environment; only what begins with `ROOST_` is looked at.
    ///   - directory: where roost.yaml, roost.ENVIRONMENT.yaml and `secrets/` are.
    ///   - needsApp: whether a missing or unusable app is a mistake.
    /// - Throws: every mistake of every source at once.
    package static func load(
        flags: ServeFlags = ServeFlags(), variables: [String: String], directory: String = ".",
        needsApp: Bool = true
    ) throws(SettingsError) -> Settings {
        var reader = SettingsReader()
        let common = SettingsFile(named: "roost.yaml", in: directory)
        let (fromVariables, variableMistakes) = entries(ofVariables: variables)
        let fromFlags = flags.values.map {
            SettingsEntry(path: [$0.key], found: .text($0.text), origin: .flag($0.flag))
        }
        reader.mistakes += common.mistakes
        reader.take(common.entries)
        if let name = environmentName(in: common.entries + fromVariables + fromFlags) {
            let own = SettingsFile(named: "roost.\(name).yaml", in: directory)
            reader.mistakes += own.mistakes
            reader.take(own.entries.filter { reader.mayBeHere($0) })
        }
        reader.mistakes += variableMistakes
        reader.take(fromVariables)
        reader.take(fromFlags)
        reader.mistakes += reader.settings.mistakesBetweenValues()
        if needsApp { reader.mistakes += reader.settings.mistakesOfApp() }
        guard reader.mistakes.isEmpty else { throw SettingsError(reader.mistakes) }
        return reader.settings
    }

    /// The last word on the environment's name, or nil where that is no name; which is told when
    /// the entry is taken.
    private static func environmentName(in entries: [SettingsEntry]) -> String? {
        guard let last = entries.last(where: { $0.path == ["environment"] }) else {
            return Settings().environment
        }
        return SettingsForm<String>.word.read(last.found)
    }

    /// `ROOST_LIMITS_BACKLOG_MAX` says "limits.backlogMax"; functions have keys in files only.
    private static func entries(
        ofVariables variables: [String: String]
    ) -> ([SettingsEntry], [SettingsMistake]) {
        var entries: [SettingsEntry] = []
        var mistakes: [SettingsMistake] = []
        let names = variables.keys.filter {
            $0.hasPrefix("ROOST_") && !$0.hasPrefix("ROOST_SECRET_")
        }
        for name in names.sorted() {
            if let key = keyByVariable[name] {
                let found = SettingsFound.text(variables[name] ?? "")
                let path = key.split(separator: ".").map(String.init)
                entries.append(SettingsEntry(path: path, found: found, origin: .variable(name)))
            } else {
                let near = nearest(to: name, among: keyByVariable.keys.sorted())
                let cure = near.map { "; did you mean \"\($0)\"?" } ?? ""
                mistakes.append(
                    SettingsMistake(
                        .variable(name), "no setting has this variable\(cure) Unset it to go on."))
            }
        }
        return (entries, mistakes)
    }

    private static let keyByVariable: [String: String] = Dictionary(
        uniqueKeysWithValues: SettingsKey.all.map(\.name).filter { !$0.contains("*") }.map {
            (variableName(of: $0), $0)
        })

    /// "limits.backlogMax" becomes "ROOST_LIMITS_BACKLOG_MAX".
    private static func variableName(of key: String) -> String {
        "ROOST_"
            + key.map { character in
                character == "."
                    ? "_" : character.isUppercase ? "_\(character)" : character.uppercased()
            }.joined()
    }
}

/// Takes entries in the order of their strength and collects what is wrong with them.
private struct SettingsReader {
    var settings = Settings()
    var mistakes: [SettingsMistake] = []

    init() {
        settings.workers = min(
            SettingsKey.workersMax, max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
    }

    mutating func take(_ entries: [SettingsEntry]) {
        for entry in entries { take(entry) }
    }

    private mutating func take(_ entry: SettingsEntry) {
        guard let key = SettingsKey.at(entry.path) else {
            preconditionFailure("an entry names a key that is known")
        }
        let name = entry.path.joined(separator: ".")
        let function = entry.path.count > 1 ? entry.path[1] : ""
        if key.set(entry.found, function, &settings) {
            settings.origins[name] = entry.origin
        } else {
            let found =
                key.isShown ? "is \(entry.found.description)" : "has a value that is not shown here"
            let text = "\"\(name)\" \(found); expected \(key.expected)"
            mistakes.append(SettingsMistake(entry.origin, text))
        }
    }

    /// The environment's own file is found by the environment's name, so it can't change it.
    mutating func mayBeHere(_ entry: SettingsEntry) -> Bool {
        guard entry.path == ["environment"] else { return true }
        let text =
            "the file of an environment can't name another; set it in roost.yaml, "
            + "by ROOST_ENVIRONMENT or by --environment"
        mistakes.append(SettingsMistake(entry.origin, text))
        return false
    }
}
