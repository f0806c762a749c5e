import Testing

@testable import RoostCommand

@Suite("Finding a host")
struct HostNamingTests {
    @Test("reads what a host writes")
    func hostFile() throws {
        let json =
            #"{"pid":7,"listen":"a","admin":"http://127.0.0.1:2","token":"t","version":"0"}"#

        let file = try #require(HostFile(json: Array(json.utf8)))

        #expect(file == HostFile(admin: "http://127.0.0.1:2", token: "t", pid: 7))
    }

    @Test(
        "takes an empty token for none",
        arguments: [#"{"admin":"a","token":""}"#, #"{"admin":"a"}"#])
    func noToken(json: String) {
        #expect(HostFile(json: Array(json.utf8)) == HostFile(admin: "a", token: nil, pid: nil))
    }

    @Test("refuses what no host writes", arguments: ["", "{", "[]", "{}", #"{"admin":7}"#])
    func strange(json: String) {
        #expect(HostFile(json: Array(json.utf8)) == nil)
    }

    @Test("says how to start a host where none runs")
    func none() throws {
        let options = try HostOptions.parse(["--data", "/nowhere/at/all"])

        #expect(throws: CommandFailure.noHost(directory: "/nowhere/at/all")) {
            try options.found(variables: [:])
        }
        #expect(
            CommandFailure.noHost(directory: ".roost").description
                == "no host is running in .roost: start one with roost serve --app PATH, name its "
                + "data directory with --directory, or its address with --host")
    }

    @Test("takes an address and a token from the command line first")
    func named() throws {
        let options = try HostOptions.parse(["--host", "127.0.0.1:9/"])

        #expect(
            try options.found(variables: ["ROOST_TOKEN": "v"])
                == HostAddress(url: "http://127.0.0.1:9", token: "v"))
        #expect(throws: CommandFailure.badAddress("ftp://x")) { try HostAddress.url("ftp://x") }
    }
}
