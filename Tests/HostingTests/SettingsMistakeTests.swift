import Testing

@testable import Hosting

@Suite("A mistake in the settings")
struct SettingsMistakeTests {
    @Test(
        "says where it is, what was found and what was expected",
        arguments: [
            ("workrs: 4", "roost.yaml:1: unknown key \"workrs\"; did you mean \"workers\"?"),
            (
                "limits:\n  backlogMx: 5",
                "roost.yaml:2: unknown key \"limits.backlogMx\"; did you mean \"limits.backlogMax\"?"
            ),
            (
                "backlogMax: 5",
                "roost.yaml:1: unknown key \"backlogMax\"; did you mean \"limits.backlogMax\"?"
            ),
            (
                "workers: 0",
                "roost.yaml:1: \"workers\" is \"0\"; expected a whole number from 1 to 1024"
            ),
            (
                "workers: many",
                "roost.yaml:1: \"workers\" is \"many\"; expected a whole number from 1 to 1024"
            ),
            (
                "workers: [1, 2]",
                "roost.yaml:1: \"workers\" is a list; expected a whole number from 1 to 1024"
            ),
            (
                "workers:",
                "roost.yaml:1: \"workers\" is nothing; expected a whole number from 1 to 1024"
            ),
            (
                "workers:\n  count: 3",
                "roost.yaml:1: \"workers\" is a group of keys; expected a whole number from 1 to 1024"
            ),
            ("limits: 3", "roost.yaml:1: \"limits\" is \"3\"; expected a group of keys"),
            (
                "limits:\n  bodyBytesMax: 9 rods",
                "roost.yaml:2: \"limits.bodyBytesMax\" is \"9 rods\"; "
                    + "expected a size such as 8MiB, from 1KiB to 1GiB"
            ),
            (
                "limits:\n  grace: 11m",
                "roost.yaml:2: \"limits.grace\" is \"11m\"; "
                    + "expected a duration such as 30s, 5m, 2h or 7d, from 0s to 10m"
            ),
            (
                "synchronous: off",
                "roost.yaml:1: \"synchronous\" is \"off\"; expected one of full, normal"
            ),
            (
                "listen: example.org:80",
                "roost.yaml:1: \"listen\" is \"example.org:80\"; expected a numeric address and a port "
                    + "such as 127.0.0.1:8080 or [::1]:8080, port 0 for any free one"
            ),
            (
                "adminToken: hunter2",
                "roost.yaml:1: \"adminToken\" has a value that is not shown here; "
                    + "expected 16 to 256 visible ASCII characters, or none"
            ),
            (
                "buckets:\n  inbox: {directory: a}\n  x: {}",
                "roost.yaml:3: \"buckets.x\" has no directory; expected a line such as "
                    + "\"directory: x\" below it"
            ),
            (
                "buckets:\n  x:",
                "roost.yaml:2: \"buckets.x\" has no directory; expected a line such as "
                    + "\"directory: x\" below it"
            ),
            (
                "buckets:\n  inbox:\n    path: /srv/inbox",
                "roost.yaml:3: unknown key \"buckets.inbox.path\". Known here are: directory"
            ),
            (
                "adminToken: none\nadmin: 0.0.0.0:8081",
                "roost.yaml:1: adminToken is none while admin is 0.0.0.0:8081; expected a token, or an "
                    + "address that only this machine reaches, such as 127.0.0.1:8081"
            ),
            (
                "admin: 127.0.0.1:8080",
                "roost.yaml:1: listen and admin are both 127.0.0.1:8080; "
                    + "expected two, set one of them to another port"
            ),
            (
                "limits:\n  groupChangesMax: 20000",
                "roost.yaml:2: limits.groupChangesMax is 20000 and limits.storeQueueChangesMax is 10000; "
                    + "expected the first to be no more than the second"
            ),
            (
                "limits: {groupChangesMax: 100, storeQueueChangesMax: 500}",
                "roost.yaml:1: limits.batchMax is 1000 and limits.storeQueueChangesMax is 500; "
                    + "expected the first to be no more than the second"
            ),
            (
                "functions:\n  a:\n    retry: {linear: 1s, fixed: 2s}",
                "roost.yaml:3: functions.a.retry grows by linear and by fixed; expected one of them"
            ),
            (
                "functions:\n  a:\n    timout: 3s",
                "roost.yaml:3: unknown key \"functions.a.timout\"; did you mean \"functions.a.timeout\"?"
            ),
            (
                "functions:\n  a:\n    retry: often",
                "roost.yaml:3: \"functions.a.retry\" is \"often\"; expected never, or a group of keys"
            ),
            (
                "zebra: 1",
                "roost.yaml:1: unknown key \"zebra\". Known here are: app, dataDirectory, listen, admin, "
                    + "adminToken, workers, environment, synchronous, logLevel, limits, functions, buckets"
            ),
            (
                "workers: 1\nworkers: 2",
                "roost.yaml:1: the same key stands twice: workers; expected each once"
            ),
            (
                "- workers",
                "roost.yaml:1: the file is no group of keys; expected lines such as \"workers: 4\""
            ),
        ])
    func text(yaml: String, expected: String) throws {
        #expect(try mistakes(in: yaml) == [expected])
    }

    @Test("in the YAML itself names the line")
    func notYAML() throws {
        let found = try mistakes(in: "workers: 1\nlisten: \"127")

        #expect(found.count == 1)
        #expect(found[0].hasPrefix("roost.yaml:"))
        #expect(found[0].contains("not YAML: "))
    }

    @Test("in a variable names it, the nearest one where it is unknown")
    func variables() throws {
        let found = try SettingsFolder().mistakes(variables: [
            "ROOST_LISTN": "127.0.0.1:1", "ROOST_WORKERS": "x", "ROOST_SECRET_STRIPE": "s",
            "PATH": "/bin",
        ])

        #expect(
            found == [
                "ROOST_LISTN: no setting has this variable; did you mean \"ROOST_LISTEN\"? Unset it to go on.",
                "ROOST_WORKERS: \"workers\" is \"x\"; expected a whole number from 1 to 1024",
            ])
    }

    @Test("in a flag names it")
    func flags() throws {
        var flags = ServeFlags()
        flags.listen = "8080"

        let found = try SettingsFolder().mistakes(flags: flags)

        #expect(found.count == 1)
        #expect(found[0].hasPrefix("--listen: \"listen\" is \"8080\"; expected a numeric address"))
    }

    @Test("is told together with all others, of all sources")
    func allAtOnce() throws {
        let folder = try SettingsFolder([
            "roost.yaml": "workrs: 1\nlimits:\n  backlogMax: 0\nsynchronous: off",
            "roost.development.yaml": "environment: production\nlisten: 1",
        ])
        var flags = ServeFlags()
        flags.workers = "none"

        let found = folder.mistakes(flags: flags, variables: ["ROOST_ADMIN": "1"])

        let places = found.map { $0.split(separator: ": ")[0] }
        #expect(
            places == [
                "roost.yaml:1", "roost.yaml:3", "roost.yaml:4", "roost.development.yaml:1",
                "roost.development.yaml:2", "ROOST_ADMIN", "--workers",
            ])
        #expect(
            SettingsError([SettingsMistake(nil, "one"), SettingsMistake(nil, "two")]).description
                == "the settings have 2 mistakes:\n  one\n  two")
    }

    @Test("never shows a token")
    func hidesToken() throws {
        #expect(try !mistakes(in: "adminToken: hunter2").joined().contains("hunter2"))
    }
}
