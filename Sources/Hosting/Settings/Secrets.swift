package import Contract

/// The secrets that an app's functions declare, read from where the operator put them.
package enum Secrets {
    static let bytesMax = 64 << 10
    static let folder = "secrets"

    /// Reads `ROOST_SECRET_NAME` or the file `secrets/NAME` for each declared name.
    ///
    /// A variable wins over a file. One line end at the end of a file is not part of the secret.
    /// - Parameter directory: where the folder `secrets` is.
    /// - Throws: all that are missing or can't be read, at once; never what is in them.
    package static func read(
        for functions: [FunctionDeclaration], variables: [String: String], directory: String = "."
    ) throws(SettingsError) -> [String: String] {
        var values: [String: String] = [:]
        var mistakes: [SettingsMistake] = []
        for (name, users) in usersByName(functions) {
            let who = "secret \"\(name)\" of \(users.map { "\"\($0)\"" }.joined(separator: ", "))"
            do {
                values[name] = try value(of: name, variables, directory)
            } catch {
                mistakes.append(SettingsMistake(nil, "\(who) \(error)"))
            }
        }
        guard mistakes.isEmpty else { throw SettingsError(mistakes) }
        return values
    }

    private static func usersByName(
        _ functions: [FunctionDeclaration]
    ) -> [(name: String, users: [String])] {
        var users: [String: [String]] = [:]
        for function in functions {
            for name in function.secrets { users[name, default: []].append(function.name) }
        }
        return users.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func value(
        of name: String, _ variables: [String: String], _ directory: String
    ) throws(FileReadError) -> String {
        guard isName(name) else {
            throw FileReadError(
                description:
                    "has a name that no variable can have; expected 1 to 64 of A-Z, 0-9 and '_', "
                    + "a letter first")
        }
        let variable = "ROOST_SECRET_\(name)"
        let path = "\(folder)/\(name)"
        var value = variables[variable]
        if value == nil { value = try text(of: path, in: directory) }
        guard let value else {
            throw FileReadError(
                description:
                    "is missing; expected it in the variable \(variable) or in the file \(path)")
        }
        guard !value.isEmpty else {
            throw FileReadError(description: "is empty; expected it in \(variable) or in \(path)")
        }
        return value
    }

    private static func text(
        of path: String, in directory: String
    ) throws(FileReadError) -> String? {
        do {
            guard var text = try textOfFile("\(directory)/\(path)", bytesMax: bytesMax) else {
                return nil
            }
            // "\r\n" is one character, so this takes either line end.
            if text.last?.isNewline == true { text.removeLast() }
            return text
        } catch {
            throw FileReadError(description: "can't be read from the file \(path): \(error)")
        }
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (65...90).contains(first) else { return false }
        let isSpelled = name.utf8.allSatisfy { byte in
            switch byte {
            case 48...57, 65...90, 95: true
            default: false
            }
        }
        return isSpelled && name.utf8.count <= 64
    }
}
