import ArgumentParser
import Testing

@testable import RoostCommand

@Suite("The command line")
struct CommandLineTests {
    @Test(
        "names the verb that was meant",
        arguments: [
            (["invok", "x"], "\"invok\" is no verb of roost; did you mean \"invoke\"?"),
            (
                ["functions", "paus"],
                "\"paus\" is no verb of roost functions; did you mean \"pause\"?"
            ),
            (["xyzzy"], "\"xyzzy\" is no verb of roost; roost --help lists them all"),
        ])
    func misspelt(arguments: [String], text: String) {
        #expect(MisspeltVerb(in: arguments)?.description == text)
    }

    @Test(
        "takes verbs and options for what they are",
        arguments: [
            ["invoke", "x"], ["invocations"], ["invocations", "--state", "dead"], ["--help"],
            ["help", "x"], ["schedules", "next", "x"], [],
        ])
    func right(arguments: [String]) {
        #expect(MisspeltVerb(in: arguments) == nil)
    }

    @Test("keeps the data of a command as it was written")
    func data() throws {
        let send = try SendingOptions.parse(["f", "--data", #"{"n": 1.50}"#, "--key", "k"])

        #expect(
            String(decoding: try send.body(afterSeconds: 2), as: UTF8.self)
                == #"{"data":{"n": 1.50},"key":"k","afterSeconds":2}"#)
    }

    @Test("says where data is not JSON and how a text is written")
    func badData() {
        let failure = CommandFailure.badData(
            "the data is not JSON at offset 0: expected a value, found 'h'; a text needs "
                + "quotes: --data '\"text\"'"
        )

        #expect(failure.status == 2)
        #expect(throws: failure) { try SendingOptions.json("hello") }
        #expect(throws: CommandFailure.badFile("/nowhere", why: "No such file or directory")) {
            try SendingOptions.json("@/nowhere")
        }
    }

    @Test("encodes what goes into a target")
    func target() {
        #expect(URLPart.target("/v1/x", [("a", nil)]) == "/v1/x")
        #expect(
            URLPart.target("/v1/x", [("a", "b c/é"), ("d", "1")]) == "/v1/x?a=b%20c%2F%C3%A9&d=1")
    }

    @Test("makes the path of a backup whole")
    func backup() {
        #expect(Backup.absolute("one", in: "/here") == "/here/one")
        #expect(Backup.absolute("/there/one", in: "/here") == "/there/one")
    }

    @Test("ends with 1 where the thing failed and with 2 where it was said wrongly")
    func status() {
        #expect(CommandFailure.notDone("x").status == 1)
        #expect(CommandFailure.refused(status: 404, detail: "x").status == 1)
        #expect(CommandFailure.needsYes(count: 3, what: "retry").status == 2)
        #expect(
            CommandFailure.needsYes(count: 3, what: "retry of f").description
                == "retry of f would change 3 invocations; add --yes to do it")
    }
}
