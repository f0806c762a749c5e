import EventLoop
import Glibc
import Testing

@Suite("A child process", .timeLimit(.minutes(1)))
@LoopActor
struct ChildProcessTests {
    @Test("is spoken with on descriptor 3")
    func channel() async throws {
        let shell = try Shell("cat <&3 >&3")
        let received = Received(from: shell.child.channel)

        shell.child.channel.write("hello child".utf8)
        shell.child.channel.endWriting()
        try await eventually("the echo's end") { received.hasEnded }
        try await eventually("the child's end") { shell.end != nil }

        #expect(received.text == "hello child")
        #expect(shell.end == .exited(status: 0))
        shell.child.close()
    }

    @Test("leaves its last words and its output to be read after its end")
    func lastWords() async throws {
        let shell = try Shell("echo out; echo err >&2; echo words >&4; exit 7")
        try await eventually("the child's end") { shell.end != nil }

        let words = Received(from: shell.child.lastWords)
        let output = Received(from: shell.child.standardOutput)
        let error = Received(from: shell.child.standardError)
        try await eventually("all ends") {
            words.hasEnded && output.hasEnded && error.hasEnded
        }

        #expect([words.text, output.text, error.text] == ["words\n", "out\n", "err\n"])
        #expect(shell.end == .exited(status: 7))
        #expect(shell.end?.description == "exited with status 7")
        shell.child.close()
    }

    @Test("is ended by a signal and says by which")
    func killing() async throws {
        let shell = try Shell("read line <&3")

        shell.child.kill(SIGTERM)
        try await eventually("the child's end") { shell.end != nil }
        shell.child.kill(SIGTERM)

        #expect(shell.end == .killed(signal: SIGTERM))
        #expect(shell.child.end == shell.end)
        #expect(shell.end?.description == "was ended by signal 15")
        shell.child.close()
    }

    @Test("is killed and leaves the process table when it is closed before its end")
    func closing() async throws {
        let shell = try Shell("read line <&3")
        let pid = shell.child.pid

        shell.child.close()
        try await eventually("the process to be gone") { kill(pid, 0) != 0 && errno == ESRCH }

        #expect(shell.end == nil)
    }

    @Test("may be closed by who hears of its end")
    func closingAtTheEnd() async throws {
        var child: ChildProcess?
        var hasEnded = false

        child = try ChildProcess(executable: "/bin/true", environment: [:]) { _ in
            child?.close()
            hasEnded = true
        }
        try await eventually("the child's end") { hasEnded }

        #expect(child?.end == .exited(status: 0))
    }

    @Test("inherits nothing but what it is given")
    func environment() async throws {
        let shell = try Shell("env | grep -v -e ^PWD= -e ^_= -e ^SHLVL=")
        let output = Received(from: shell.child.standardOutput)
        try await eventually("the output's end") { output.hasEnded }

        #expect(output.text == "GREETING=hello\n")
        shell.child.close()
    }

    @Test("hears SIGPIPE as if nobody above it ignored it")
    func signals() async throws {
        let shell = try Shell("kill -PIPE $$; exit 3")
        try await eventually("the child's end") { shell.end != nil }

        #expect(shell.end == .killed(signal: SIGPIPE))
        shell.child.close()
    }

    @Test(
        "says why it could not be started",
        arguments: [
            ("/no/such/file", "no such file or directory (ENOENT)"),
            ("/etc/passwd", "permission denied (EACCES)"),
            ("/", "permission denied (EACCES)"),
        ])
    func failing(executable: String, reason: String) {
        let error = #expect(throws: LoopError.self) {
            try ChildProcess(executable: executable, environment: [:]) { _ in
                Issue.record("what never began can't end")
            }
        }

        #expect(error?.description == "could not start \"\(executable)\": \(reason)")
    }

    @Test("starts beside many others, and each end is told once")
    func many() async throws {
        let shells = try (0..<20).map { try Shell("exit \($0)") }
        try await eventually("all ends") { shells.allSatisfy { $0.end != nil } }

        #expect(shells.map(\.end) == (0..<20).map { .exited(status: $0) })
        #expect(shells.allSatisfy { $0.ends == 1 })
        for shell in shells { shell.child.close() }
    }
}

/// A child that runs one line of shell.
@LoopActor
private final class Shell {
    private(set) var end: ChildProcess.End?
    private(set) var ends = 0
    private var started: ChildProcess?

    var child: ChildProcess { started! }

    init(_ line: String) throws {
        started = try ChildProcess(
            executable: "/bin/sh", arguments: ["-c", line],
            environment: ["GREETING": "hello"]
        ) { [unowned self] in
            end = $0
            ends += 1
        }
    }
}
