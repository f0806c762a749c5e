import EventLoop
import Foundation
import Testing

/// OpenSSL's own server on this machine, with a certificate that nobody but its file vouches for.
@LoopActor
final class SecureServer {
    private let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("roost-tls-\(UUID().uuidString)").path
    private let process = Process()
    private(set) var port = 0

    /// The certificate of the server, in PEM.
    var certificate: String { directory + "/certificate.pem" }
    var url: String { "https://127.0.0.1:\(port)/" }

    /// Makes a certificate and waits until the server says where it listens.
    func start() async throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try makeCertificate()
        let output = directory + "/output"
        try Data().write(to: URL(filePath: output))
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate, "-key",
            directory + "/key.pem",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await eventually("the server to say its port") {
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }),
                text.hasSuffix("\n")
            else { return false }
            port = Int(line.split(separator: ":").last ?? "") ?? 0
            return port > 0
        }
    }

    func close() {
        if process.isRunning { process.terminate() }
        // A directory that is left behind does no harm.
        try? FileManager.default.removeItem(atPath: directory)
    }

    private func makeCertificate() throws {
        let openssl = Process()
        openssl.executableURL = URL(filePath: "/usr/bin/env")
        openssl.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-keyout", directory + "/key.pem", "-out", certificate, "-days", "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        try #require(openssl.terminationStatus == 0, "openssl makes a certificate")
    }
}
