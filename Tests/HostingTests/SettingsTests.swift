import Contract
import EventLoop
import Testing

@testable import Hosting

@Suite("Settings")
struct SettingsTests {
    @Test("have a default for everything")
    func defaults() throws {
        let settings = try SettingsFolder().load()

        #expect(settings.dataDirectory == ".roost")
        #expect(settings.listen == SocketAddress(host: "127.0.0.1", port: 8080))
        #expect(settings.admin == SocketAddress(host: "127.0.0.1", port: 8081))
        #expect(settings.adminToken == .madeAtStart)
        #expect(settings.workers >= 1)
        #expect(settings.environment == "development")
        #expect(settings.synchronous == .full)
        #expect(settings.limits == Limits())
        #expect(settings.functions.isEmpty)
        #expect(settings.origin(of: "listen") == .standard)
        #expect(settings.warnings.isEmpty)
    }

    @Test("are read from roost.yaml")
    func fromFile() throws {
        let folder = try SettingsFolder([
            "roost.yaml": """
            # What our machine is like.
            dataDirectory: /var/lib/roost
            listen: "[::1]:80"
            admin: localhost:9000
            adminToken: a-token-of-enough-letters
            workers: 4
            synchronous: normal
            logLevel: debug
            limits:
              backlogMax: 2_000
              bodyBytesMax: 16MiB
              keysKept: 7d
            """
        ])

        let settings = try folder.load()

        #expect(settings.dataDirectory == "/var/lib/roost")
        #expect(settings.listen == SocketAddress(host: "::1", port: 80))
        #expect(settings.admin == SocketAddress(host: "127.0.0.1", port: 9000))
        #expect(settings.adminToken == .fixed("a-token-of-enough-letters"))
        #expect(settings.workers == 4)
        #expect(settings.synchronous == .normal)
        #expect(settings.logLevel == .debug)
        #expect(settings.limits.backlogMax == 2000)
        #expect(settings.limits.bodyBytesMax == 16 << 20)
        #expect(settings.limits.keysKept == .days(7))
        #expect(settings.origin(of: "limits.backlogMax") == .file("roost.yaml", line: 10))
    }

    @Test("let flags win over variables, those over the environment's file, that over roost.yaml")
    func precedence() throws {
        let folder = try SettingsFolder([
            "roost.yaml":
                "environment: staging\nworkers: 1\nlisten: 127.0.0.1:1\nadmin: 127.0.0.1:10\nsynchronous: normal",
            "roost.staging.yaml": "workers: 2\nlisten: 127.0.0.1:2\nadmin: 127.0.0.1:20",
        ])
        var flags = ServeFlags()
        flags.workers = "4"

        let settings = try folder.load(
            flags: flags,
            variables: ["ROOST_WORKERS": "3", "ROOST_LISTEN": "127.0.0.1:3", "HOME": "/"])

        #expect(settings.workers == 4)
        #expect(settings.origin(of: "workers") == .flag("--workers"))
        #expect(settings.listen.port == 3)
        #expect(settings.origin(of: "listen") == .variable("ROOST_LISTEN"))
        #expect(settings.admin.port == 20)
        #expect(settings.origin(of: "admin") == .file("roost.staging.yaml", line: 3))
        #expect(settings.origin(of: "synchronous") == .file("roost.yaml", line: 5))
    }

    @Test(
        "take the environment's name from the strongest source",
        arguments: [
            (nil, [:], "one"), (nil, ["ROOST_ENVIRONMENT": "two"], "two"),
            ("three", ["ROOST_ENVIRONMENT": "two"], "three"),
        ] as [(String?, [String: String], String)])
    func environment(flag: String?, variables: [String: String], expected: String) throws {
        let folder = try SettingsFolder([
            "roost.yaml": "environment: one", "roost.one.yaml": "dataDirectory: one",
            "roost.two.yaml": "dataDirectory: two", "roost.three.yaml": "dataDirectory: three",
        ])
        var flags = ServeFlags()
        flags.environment = flag

        let settings = try folder.load(flags: flags, variables: variables)

        #expect(settings.environment == expected)
        #expect(settings.dataDirectory == expected)
    }

    @Test("have a variable for each limit")
    func limitVariables() throws {
        let variables = ["ROOST_LIMITS_WAL_BYTES_MAX": "1GiB", "ROOST_LIMITS_GRACE": "1.5s"]

        let settings = try SettingsFolder().load(variables: variables)

        #expect(settings.limits.walBytesMax == 1 << 30)
        #expect(settings.limits.grace == .milliseconds(1500))
    }

    @Test("warn of an admin listener without a token, and of a store that may lose seconds")
    func warnings() throws {
        let settings = try SettingsFolder().load(variables: [
            "ROOST_ADMIN_TOKEN": "none", "ROOST_SYNCHRONOUS": "normal",
        ])

        #expect(settings.adminToken == .none)
        #expect(settings.warnings.count == 2)
        #expect(settings.warnings[0].contains("no token"))
        #expect(settings.warnings[1].contains("power cut"))
    }

    @Test(
        "say nothing where a file, a group or a whole file is empty",
        arguments: ["", "# later\n", "limits:\n", "~"])
    func empty(text: String) throws {
        #expect(try mistakes(in: text).isEmpty)
    }
}
