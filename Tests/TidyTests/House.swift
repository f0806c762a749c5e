/// The plan of the house, read from Package.swift: which target lies on which floor, and what it
/// says it depends on.
struct House: Sendable {
    struct Target: Sendable, Equatable {
        let name: String
        /// The number in the comment above it; -1 for a library of the system, below all others.
        let floor: Int
        /// Targets and products, by the names that the manifest gives them.
        let dependencies: [String]
    }

    /// In the order of the manifest, without test targets.
    let targets: [Target]
    /// The short names of products of other packages, by the module that they bring.
    let products: [String: String]
    /// What the app's target leaves out and takes in, by name.
    let excluded: [String]
    let appFolders: [String]

    init(package: String) {
        var targets: [Target] = []
        var floor = -1
        var statement = ""
        var isInTargets = false
        for line in package.split(separator: "\n").map({ $0.drop { $0 == " " } }) {
            if line.hasPrefix("targets: [") { isInTargets = true }
            guard isInTargets else { continue }
            if let match = line.firstMatch(of: /^\/\/ (\d) +[a-z]/), let number = Int(match.1) {
                floor = number
            }
            guard !line.hasPrefix("//") else { continue }
            statement += line
            guard statement.count(where: { $0 == "(" }) == statement.count(where: { $0 == ")" })
            else {
                continue
            }
            if let target = Self.target(in: statement, floor: floor) { targets.append(target) }
            statement = ""
        }
        self.targets = targets
        let product = /static let (\w+) = product\(name: "(\w+)"/
        products = Dictionary(
            uniqueKeysWithValues: package.matches(of: product).map { (String($0.2), String($0.1)) })
        excluded = Self.strings(in: package, after: "exclude: [")
        appFolders = Self.strings(in: package, after: "sources: [")
    }

    subscript(name: String) -> Target? { targets.first { $0.name == name } }

    private static func target(in statement: String, floor: Int) -> Target? {
        let isModule = statement.hasPrefix("module(")
        let isSystem = statement.hasPrefix(".systemLibrary(")
        guard isModule || isSystem || statement.hasPrefix(".executableTarget(") else { return nil }
        let head = isModule ? statement : String(statement.prefix { $0 != ")" && $0 != "]" })
        let names = head.matches(of: /"([A-Za-z]+)"|[ ,(\[]\.([a-zA-Z]+)/).compactMap {
            $0.1 ?? $0.2
        }
        guard let name = names.first(where: { $0.first?.isUppercase == true }) else { return nil }
        let dependencies = isSystem ? [] : names.filter { $0 != name }.map(String.init)
        return Target(
            name: String(name), floor: isSystem ? -1 : floor, dependencies: dependencies)
    }

    private static func strings(in text: String, after opening: String) -> [String] {
        guard let start = text.firstRange(of: opening)?.upperBound else { return [] }
        return text[start...].prefix { $0 != "]" }.matches(of: /"([^"]+)"/).map { String($0.1) }
    }
}
