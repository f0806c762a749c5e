import Contract
import Testing

@testable import Hosting

@Suite("Secrets")
struct SecretsTests {
    private let functions = [
        FunctionDeclaration(name: "charge", input: .command, secrets: ["STRIPE", "TAX"]),
        FunctionDeclaration(name: "refund", input: .command, secrets: ["STRIPE"]),
    ]

    private func mistakes(
        of functions: [FunctionDeclaration], variables: [String: String] = [:],
        in folder: SettingsFolder
    ) -> [String] {
        do {
            _ = try Secrets.read(for: functions, variables: variables, directory: folder.path)
            return []
        } catch {
            return error.mistakes.map(\.description)
        }
    }

    @Test("come from variables, which win, and from files without their last line end")
    func reads() throws {
        let folder = try SettingsFolder([
            "secrets/STRIPE": "from the file\n", "secrets/TAX": "two\nlines\r\n",
        ])

        let secrets = try Secrets.read(
            for: functions, variables: ["ROOST_SECRET_STRIPE": "from the variable"],
            directory: folder.path)

        #expect(secrets == ["STRIPE": "from the variable", "TAX": "two\nlines"])
    }

    @Test("that are missing are told all at once, with who needs them")
    func missing() throws {
        #expect(
            mistakes(of: functions, in: try SettingsFolder()) == [
                "secret \"STRIPE\" of \"charge\", \"refund\" is missing; expected it in the variable "
                    + "ROOST_SECRET_STRIPE or in the file secrets/STRIPE",
                "secret \"TAX\" of \"charge\" is missing; expected it in the variable "
                    + "ROOST_SECRET_TAX or in the file secrets/TAX",
            ])
    }

    @Test("must not be empty")
    func empty() throws {
        let folder = try SettingsFolder(["secrets/STRIPE": "\n", "secrets/TAX": "x"])

        #expect(
            mistakes(of: functions, in: folder) == [
                "secret \"STRIPE\" of \"charge\", \"refund\" is empty; expected it in "
                    + "ROOST_SECRET_STRIPE or in secrets/STRIPE"
            ])
    }

    @Test(
        "can't be named so that another file is read",
        arguments: ["../roost.yaml", "stripe", "A B", "", "1A"])
    func name(name: String) throws {
        let function = FunctionDeclaration(name: "charge", input: .command, secrets: [name])

        let found = mistakes(of: [function], in: try SettingsFolder(["roost.yaml": "workers: 1"]))

        #expect(found.count == 1)
        #expect(found.first?.contains("has a name that no variable can have") == true)
    }

    @Test("have a bound")
    func tooLong() throws {
        let text = String(repeating: "x", count: Secrets.bytesMax + 1)
        let folder = try SettingsFolder(["secrets/STRIPE": text, "secrets/TAX": "x"])

        #expect(
            mistakes(of: functions, in: folder) == [
                "secret \"STRIPE\" of \"charge\", \"refund\" can't be read from the file secrets/STRIPE: "
                    + "found more than 64KiB, expected less"
            ])
    }
}
