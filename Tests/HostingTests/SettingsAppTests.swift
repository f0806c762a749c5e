import Testing

@testable import Hosting

@Suite("The app's path in the settings")
struct SettingsAppTests {
    private func mistake(app: String?) throws -> String? {
        var flags = ServeFlags()
        flags.app = app
        let folder = try SettingsFolder()
        do {
            _ = try Settings.load(flags: flags, variables: [:], directory: folder.path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("must be named")
    func missing() throws {
        #expect(
            try mistake(app: nil)
                == "no app is named; expected the path of its executable: give --app PATH, "
                + "set ROOST_APP, or write \"app: PATH\" into roost.yaml")
    }

    @Test("must be there")
    func notThere() throws {
        #expect(
            try mistake(app: "/nowhere/Shop")
                == "--app: the app \"/nowhere/Shop\" can't be found (No such file or directory); "
                + "build it with \"swift build -c release\" or name another file")
    }

    @Test("must be executable")
    func notExecutable() throws {
        let folder = try SettingsFolder(["Shop": "#!/bin/sh\n"])
        let path = folder.path + "/Shop"

        #expect(
            try mistake(app: path)
                == "--app: the app \"\(path)\" is not executable (mode 644); expected the executable "
                + "that the build made, or run \"chmod +x \(path)\"")
    }

    @Test("must be a file")
    func folder() throws {
        let folder = try SettingsFolder()

        let found = try mistake(app: folder.path)

        #expect(found?.hasSuffix("is no file; expected the executable that the build made") == true)
    }

    @Test("is good when the file can be run")
    func executable() throws {
        let folder = try SettingsFolder()
        try folder.write("#!/bin/sh\n", to: "Shop", mode: 0o755)

        #expect(try mistake(app: folder.path + "/Shop") == nil)
    }
}
