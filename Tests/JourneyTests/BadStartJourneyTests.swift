import Foundation
import Testing

/// What `roost serve` and `roost check` say, and with which status, where they can't do it.
@Suite("A start that can't be", .serialized)
struct BadStartJourneyTests {
    private static let app = HostUnderTest.product("Probe")

    private func serve(
        _ host: HostUnderTest, app: String = app, data: String? = nil, listen: String? = nil,
        admin: String? = nil, _ more: [String] = []
    ) async throws -> (status: Int32, text: String) {
        try await HostUnderTest.roost(
            [
                "serve", "--app", app, "--data", data ?? host.directory + "/other", "--listen",
                listen ?? "127.0.0.1:0", "--admin", admin ?? "127.0.0.1:0",
            ] + more, in: host.directory)
    }

    @Test("names the process that holds the data directory", .timeLimit(.minutes(2)))
    func heldDirectory() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()

        let (status, text) = try await serve(host, data: host.data)

        #expect(status == 1)
        #expect(
            text.contains(
                "the data directory \"\(host.data)\" is held by another host, process "
                    + "\(host.file.pid); stop that one, or choose another directory with --data"),
            "\(text)")
    }

    @Test("names the setting of a port that is taken", .timeLimit(.minutes(2)))
    func takenPort() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        try await host.start()
        let listen = String(host.file.listen.dropFirst("http://".count))
        let admin = String(host.file.admin.dropFirst("http://".count))

        let first = try await serve(host, listen: listen)
        let second = try await serve(host, admin: admin)

        #expect(first.status == 1 && second.status == 1)
        for (text, address, setting) in [
            (first.text, listen, "--listen"), (second.text, admin, "--admin"),
        ] {
            #expect(
                text.contains(
                    "could not listen on \(address): the port is taken; stop what listens there, "
                        + "or choose another with \(setting) (0 lets the system pick one)"),
                "\(text)")
        }
    }

    @Test("says what is wrong with an app", .timeLimit(.minutes(2)))
    func unfitApps() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        let plain = host.directory + "/log"
        // A hello of protocol version 9.
        let older = try script(
            host, "older",
            #"printf '\002\000\000\000\101\000\000\000\000\011\000' >&3; exec sleep 20"#)
        // A refusal, in the app's own words.
        let refusing = try script(
            host, "refusing",
            #"printf '\003\000\000\000\102\000\000\000\000why' >&3; exec sleep 20"#)

        let notExecutable = try await serve(host, app: plain)
        let otherProtocol = try await serve(host, app: older)
        let refused = try await serve(host, app: refusing)
        let checked = try await HostUnderTest.roost(
            ["check", "--app", refusing], in: host.directory)

        #expect(notExecutable.status == 2)
        #expect(
            notExecutable.text.contains("--app: the app \"\(plain)\" is not executable"),
            "\(notExecutable.text)")
        #expect(otherProtocol.status == 1)
        #expect(
            otherProtocol.text.contains(
                "the app speaks version 9 of the worker protocol and this host version 1; build "
                    + "both from the same release of Roost"), "\(otherProtocol.text)")
        #expect(refused.status == 1 && checked.status == 1)
        for text in [refused.text, checked.text] {
            #expect(text.contains("the app refuses to start: why"), "\(text)")
        }
    }

    @Test("lists every mistake in the settings at once", .timeLimit(.minutes(2)))
    func mistakes() async throws {
        let host = try HostUnderTest()
        defer { host.remove() }
        let settings = "workrs: 4\nlimits:\n  backlogMax: 0\n"
        try Data(settings.utf8).write(to: URL(filePath: host.directory + "/roost.yaml"))

        let (status, text) = try await serve(host, ["--workers", "0"])

        #expect(status == 2)
        for line in [
            "roost.yaml:1: unknown key \"workrs\"; did you mean \"workers\"?",
            "roost.yaml:3: \"limits.backlogMax\" is \"0\"; expected a whole number from 1 to",
            "--workers: \"workers\" is \"0\"; expected a whole number from 1 to 1024",
        ] { #expect(text.contains(line), "\(text)") }
    }

    private func script(_ host: HostUnderTest, _ name: String, _ body: String) throws -> String {
        let path = "\(host.directory)/\(name)"
        try "#!/bin/bash\n\(body)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }
}
