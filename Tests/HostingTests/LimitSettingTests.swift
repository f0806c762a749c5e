import Contract
import Foundation
import Testing

@testable import Hosting

@Suite("The limits that can be set")
struct LimitSettingTests {
    @Test("are all members of Limits, in their order")
    func complete() {
        let members = Mirror(reflecting: Limits()).children.compactMap(\.label)

        #expect(Limits.all.map(\.name) == members)
    }

    @Test("each take their own default", arguments: Limits.all.map(\.name))
    func defaults(name: String) throws {
        let setting = try #require(Limits.all.first { $0.name == name })
        let folder = try SettingsFolder(["roost.yaml": "limits: {\(name): \(setting.defaultText)}"])

        let settings = try folder.load()

        #expect(settings.limits == Limits())
    }

    /// `make docs` sets the variable; then the table is written instead of compared.
    @Test("stand in docs/limits.md, which `make docs` writes")
    func table() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/limits.md").standardizedFileURL
        if ProcessInfo.processInfo.environment["WRITE_DOCS"] != nil {
            try Data(Limits.table.utf8).write(to: file)
        }

        let written = try String(contentsOf: file, encoding: .utf8)

        #expect(written == Limits.table, "docs/limits.md is not up to date; run `make docs`")
    }
}
