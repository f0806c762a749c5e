import Testing

@Suite("The house")
struct LayerTests {
    private let house: House
    private let tree = SourceTree.shared

    init() throws {
        let package = try #require(tree.swiftFiles.first { $0.path == "Package.swift" })
        house = House(package: package.lines.joined(separator: "\n"))
    }

    /// What comes from outside, and who alone may let it in; a path means one file.
    private let doors: [String: [String]] = [
        "CUV": ["EventLoop"], "CCurl": ["HTTPClient"], "GRDB": ["StoreSQLite"],
        "GRDBSQLite": ["StoreSQLite"], "SQLite3": ["StoreSQLite"],
        "CNIOLLHTTP": ["Sources/HTTPServer/LLHTTP.swift"],
        "Yams": ["Sources/Hosting/Settings/SettingsFile.swift"], "ArgumentParser": ["RoostCommand"],
    ]

    @Test("is read from Package.swift")
    func plan() {
        #expect(house["EventLoop"]?.floor == 0)
        #expect(house["Contract"] == House.Target(name: "Contract", floor: 1, dependencies: []))
        #expect(house["Dispatching"]?.dependencies == ["Contract", "Invocations", "deque"])
        #expect(house["Intake"]?.dependencies.contains("crypto") == true)
        #expect(house.products["GRDB"] == "sqlite")
        #expect(house["RoostCommand"]?.dependencies.contains("Hosting") == true)
    }

    @Test("has no arrow that points up or sideways")
    func downwards() {
        for target in house.targets {
            for dependency in target.dependencies.compactMap({ house[$0] }) {
                #expect(
                    dependency.floor < target.floor,
                    "\(target.name) depends on \(dependency.name), which is not below it"
                )
            }
        }
    }

    @Test("is used as it is planned: no module imports what its target does not depend on")
    func imports() {
        let wrong = tree.swiftFiles.filter(\.isSource).flatMap { undeclaredImports(of: $0) }

        #expect(wrong.isEmpty, "imports that Package.swift does not have: \(list(wrong))")
    }

    @Test("lets the outside in by its doors only")
    func outside() {
        let wrong = tree.swiftFiles.filter(\.isSource).flatMap { file in
            imports(of: file).filter { _, name in
                guard let door = doors[name] else { return false }
                return !door.contains(file.path) && !door.contains(file.module ?? "")
            }.map { "\(file.place($0.index)) imports \($0.name)" }
        }

        #expect(wrong.isEmpty, "imported elsewhere than by its one user: \(list(wrong))")
    }

    @Test("names all that lies at the top, so that the app's target takes only its own folders")
    func top() {
        let known = house.excluded + house.appFolders + ["Package.swift", "Package.resolved"]

        #expect(
            tree.topNames.filter { !known.contains($0) }.isEmpty,
            "add it to exclude in Package.swift")
    }

    @Test("would not stand with a beam that points up")
    func bites() {
        let house = House(
            package: """
                targets: [
                    // 0  below
                    module("Low", "High"),
                    // 1  above
                    module("High", .logging),
                """)

        #expect(house.targets.map(\.name) == ["Low", "High"])
        #expect(house["Low"]?.dependencies == ["High"])
        #expect(house["High"] == House.Target(name: "High", floor: 1, dependencies: ["logging"]))
    }

    private func undeclaredImports(of file: SourceFile) -> [String] {
        guard let module = file.module, let target = house[module] else { return [] }
        return imports(of: file).filter { _, name in
            guard house[name] != nil || house.products[name] != nil else { return false }
            return !target.dependencies.contains(house.products[name] ?? name)
        }.map { "\(file.place($0.index)) imports \($0.name)" }
    }

    private func imports(of file: SourceFile) -> [(index: Int, name: String)] {
        let pattern =
            #/
            ^(?:@\w+\s)?(?:package\s|public\s)?import\s
            (?:struct\s|class\s|enum\s|func\s|protocol\s)?(\w+)
            /#
        return file.indices(naming: ["import "]) { _ in true }.compactMap { index in
            file.lines[index].firstMatch(of: pattern).map { (index, String($0.1)) }
        }
    }
}

/// Findings, one a line.
func list(_ findings: [String]) -> String { findings.map { "\n  \($0)" }.joined() }
