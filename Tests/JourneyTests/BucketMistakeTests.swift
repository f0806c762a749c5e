import Foundation
import Testing

/// What a person is told whose roost.yaml does not fit the app or the disk.
@Suite("A bucket that can't be watched", .serialized)
struct BucketMistakeTests {
    @Test("says which one, and the nearest that is declared", .timeLimit(.minutes(1)))
    func missing() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        let settings = URL(fileURLWithPath: host.directory + "/roost.yaml")
        let text =
            "buckets: {inbux: {directory: nowhere}}\nfunctions: {create-ordr: {timeout: 1s}}\n"
        try Data(text.utf8).write(to: settings)
        // A host that was killed left it.
        try FileManager.default.createDirectory(
            atPath: host.data, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: host.data + "/host.json", contents: Data())

        let ended = try await HostUnderTest.roost(
            ["serve", "--app", HostUnderTest.product("OrderDesk"), "--data", host.data],
            in: host.directory)

        #expect(ended.status == 1, "\(ended.text)")
        #expect(
            ended.text.contains(
                #"names bucket "inbox", which is not declared; did you mean "inbux"?"#))
        #expect(ended.text.contains(#"the directory "nowhere" of bucket "inbux" can't be found"#))
        #expect(ended.text.contains(#"did you mean "create-order"?"#), "all mistakes at once")
        #expect(!FileManager.default.fileExists(atPath: host.data + "/host.json"))
    }

    @Test(
        "says that its directory may not be read, or is none",
        .enabled(if: Visitor.canBeAsked), .timeLimit(.minutes(1)))
    func unreadable() async throws {
        let host = try HostUnderTest(app: "OrderDesk")
        defer { host.remove() }
        let files = FileManager.default
        try files.setAttributes([.posixPermissions: 0o000], ofItemAtPath: host.directory + "/inbox")
        try files.removeItem(atPath: host.directory + "/reports")
        try Data().write(to: URL(fileURLWithPath: host.directory + "/reports"))

        let text = try Visitor.run(
            HostUnderTest.product("roost"), "check", "--app", HostUnderTest.product("OrderDesk"),
            in: host.directory)

        #expect(
            text.contains(
                #"the directory "inbox" of bucket "inbox" can't be read (mode 0); "#
                    + "let the host's user read it"), "\(text)")
        #expect(
            text.contains(
                #"the directory "reports" of bucket "reports" is no directory; "#
                    + "name one, or move the file away"), "\(text)")
    }
}

/// A user who is not root, and whom a mode keeps out.
private enum Visitor {
    /// Whether the products can be run by such a user here.
    static let canBeAsked: Bool = {
        let text = try? run(HostUnderTest.product("roost"), "cron", "next", "@daily", in: "/")
        return text?.contains("00:00") == true
    }()

    /// Answers what was printed.
    static func run(_ arguments: String..., in directory: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        process.arguments = (geteuid() == 0 ? asNobody : []) + arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }
}
