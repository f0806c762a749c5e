import Contract
import EventLoop
import Foundation
import HTTPClient
import HTTPTypes
import Testing

/// The real binary, serving the probe app from a data directory of its own.
final class HostUnderTest: @unchecked Sendable {
    // because the test that owns it calls it from one task at a time
    let directory: String
    private var process: Process?
    private(set) var file = HostFile(pid: 0, listen: "", admin: "", token: "")
    private let arguments: [String]
    /// What the next start adds to the environment of the tests.
    var environment: [String: String]
    private let log: FileHandle

    struct HostFile: Decodable {
        var pid: Int32
        var listen: String
        var admin: String
        var token: String
    }

    static let patience = Duration.seconds(30)

    static func product(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent(name).path
    }

    init(app: String = "Probe", arguments: [String] = [], environment: [String: String] = [:])
        throws
    {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-journey-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: directory + "/inbox", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: directory + "/reports", withIntermediateDirectories: true)
        let buckets = "buckets: {inbox: {directory: inbox}, reports: {directory: reports}}\n"
        try Data(buckets.utf8).write(
            to: URL(fileURLWithPath: directory + "/roost.yaml"))
        log = try Self.newFile(directory + "/log")
        self.arguments =
            [
                "serve", "--app", Self.product(app), "--data", directory + "/data", "--listen",
                "127.0.0.1:0",
                "--admin", "127.0.0.1:0",
            ] + arguments
        self.environment = environment
    }

    private static func newFile(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try #require(FileHandle(forWritingAtPath: path))
    }

    var isRunning: Bool { process?.isRunning ?? false }
    var data: String { directory + "/data" }
    var logText: String { (try? String(contentsOfFile: directory + "/log", encoding: .utf8)) ?? "" }

    /// Starts the host and waits until it says where it is.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.product("roost"))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = log
        process.standardOutput = log
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        try process.run()
        self.process = process
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let bytes = FileManager.default.contents(atPath: data + "/host.json"),
                let found = try? JSONDecoder().decode(HostFile.self, from: bytes),
                found.pid == process.processIdentifier
            {
                file = found
                return
            }
            try #require(process.isRunning, "the host lives: \(logText.suffix(2000))")
            try #require(
                ContinuousClock.now < deadline, "the host is ready: \(logText.suffix(2000))")
            await LoopTimer.wait(.milliseconds(10))
        }
    }

    /// kill -9, and waits until it is gone.
    func killNow() async {
        guard let process, process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        await ended()
    }

    /// SIGTERM; answers the exit status.
    func stop() async -> Int32 {
        guard let process else { return -1 }
        process.terminate()
        await ended()
        return process.terminationStatus
    }

    /// Waits until it has ended by itself; answers the exit status.
    @discardableResult
    func ends() async throws -> Int32 {
        let deadline = ContinuousClock.now + Self.patience
        while process?.isRunning == true {
            try #require(ContinuousClock.now < deadline, "the host ends: \(logText.suffix(2000))")
            await LoopTimer.wait(.milliseconds(5))
        }
        return process?.terminationStatus ?? -1
    }

    private func ended() async {
        while process?.isRunning == true { await LoopTimer.wait(.milliseconds(5)) }
    }

    /// Runs `roost` with arguments; answers its status and what it printed.
    static func roost(_ arguments: [String], in directory: String) async throws -> (
        status: Int32, text: String
    ) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: product("roost"))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory)
        let output = directory + "/output-\(UUID().uuidString)"
        let handle = try newFile(output)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        let deadline = ContinuousClock.now + patience
        while process.isRunning {
            if ContinuousClock.now > deadline { process.terminate() }
            await LoopTimer.wait(.milliseconds(5))
        }
        return (process.terminationStatus, try String(contentsOfFile: output, encoding: .utf8))
    }

    func roost(_ arguments: String...) async throws -> (status: Int32, text: String) {
        try await Self.roost(arguments + ["--directory", data], in: directory)
    }

    func remove() {
        if let process, process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        // A directory that is left behind does no harm.
        try? FileManager.default.removeItem(atPath: directory)
    }
}

/// Calls of the host's two listeners.
struct Caller: Sendable {
    let client = HTTPClient()

    func call(
        _ method: HTTPRequest.Method, _ url: String, fields: HTTPFields = [:], body: String? = nil
    ) async throws -> HTTPClientResponse {
        try await client.send(
            HTTPClientRequest(
                method: method, url: url, fields: fields, body: Array((body ?? "").utf8)))
    }

    func close() async { await client.close() }

    /// Asks the admin API and decodes its answer.
    func ask<Value: Decodable>(_ host: HostUnderTest, _ path: String, as: Value.Type) async throws
        -> Value
    {
        let response = try await call(
            .get, host.file.admin + path, fields: [.authorization: "Bearer \(host.file.token)"])
        return try JSONDecoder().decode(Value.self, from: Data(response.body))
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let replayed = HTTPField.Name("Idempotent-Replayed")!
}
