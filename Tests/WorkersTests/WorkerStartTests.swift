import Contract
import EventLoop
import Foundation
import Testing
import Workers

/// Apps that are no Roost apps, or not of this release: shell scripts that write on descriptor 3.
@LoopActor
@Suite("An app that can't be used", .serialized)
struct WorkerStartTests {
    @Test(
        "is told of by what it did",
        arguments: [
            // A hello of protocol version 9.
            (#"printf '\002\000\000\000\101\000\000\000\000\011\000' >&3; sleep 20"#, "version 9"),
            // A length that no frame has.
            (#"printf '\377\377\377\377\101\000\000\000\000' >&3; sleep 20"#, "4294967295 bytes"),
            // A kind of frame that there is not.
            (#"printf '\000\000\000\000\177\000\000\000\000' >&3; sleep 20"#, "unknown kind 127"),
            // A refusal, in the app's own words.
            (
                #"printf '\003\000\000\000\102\000\000\000\000why' >&3; sleep 20"#,
                "refuses to start: why"
            ),
            ("echo 'cannot find my library' >&2; exit 7", "cannot find my library"),
        ])
    func speaks(script: String, words: String) async throws {
        let app = try ScriptedApp(script)
        defer { app.remove() }
        let bench = PoolBench(executable: app.path)
        defer { bench.pool.close() }

        let error = await #expect(throws: WorkerError.self) { try await bench.pool.start() }

        #expect("\(error!)".contains(words), "\(error!)")
    }

    @Test("is heard to its last word, which may have no end of a line")
    func lastWord() async throws {
        let app = try ScriptedApp("printf 'half a line'; exit 7")
        defer { app.remove() }
        let bench = PoolBench(executable: app.path)
        defer { bench.pool.close() }

        await #expect(throws: WorkerError.self) { try await bench.pool.start() }

        let printed = bench.notes.filter { $0.message == "worker wrote to standard output" }
        #expect(printed.map(\.detail) == ["half a line"])
    }

    @Test("is given up when it says nothing")
    func silent() async throws {
        let app = try ScriptedApp("sleep 60")
        defer { app.remove() }
        var limits = Limits()
        limits.workerStart = .seconds(1)
        let bench = PoolBench(executable: app.path, limits: limits)
        defer { bench.pool.close() }

        let error = await #expect(throws: WorkerError.self) { try await bench.pool.start() }

        #expect("\(error!)".contains("did not say hello within 1000 ms"), "\(error!)")
        #expect(bench.pool.trouble == "\(error!)", "readiness says why")
    }
}

/// An executable shell script.
struct ScriptedApp {
    let path: String

    init(_ script: String) throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-app-\(UUID().uuidString)").path
        try write(script)
    }

    /// The probe, behind a path that can be made another app later.
    init() throws { try self.init("exec '\(PoolBench.probe)'") }

    /// Makes it another app for those who start it from now on.
    func write(_ script: String) throws {
        try "#!/bin/bash\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
        try allow(true)
    }

    /// Lets it be started, or not.
    func allow(_ isExecutable: Bool) throws {
        try FileManager.default.setAttributes(
            [.posixPermissions: isExecutable ? 0o755 : 0o644], ofItemAtPath: path)
    }

    func remove() {
        // A file that is left behind does no harm.
        try? FileManager.default.removeItem(atPath: path)
    }
}
