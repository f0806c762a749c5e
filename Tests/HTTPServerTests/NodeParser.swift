import Foundation
import Testing

/// Node's own HTTP parser, where there is Node: what it makes of the same bytes.
struct NodeParser {
    struct Verdict: Decodable, Equatable {
        struct Request: Decodable, Equatable {
            var method: String
            var target: String
            /// As Node's `rawHeaders` holds them: each name as it was sent, then its value.
            var fields: [String]
            var body: String
        }

        /// The requests that came to their end, up to one that ends the connection.
        var requests: [Request]
        /// The code of the error that it ended with; nil where it had nothing to object to.
        var error: String?
    }

    let version: String
    private let executable: String

    /// The program; nil where none is on the PATH.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let places = folders.map { "\($0)/node" }
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Throws where no Node is on the PATH, or where it does not run.
    init() throws {
        executable = try #require(Self.path, "Node is on the PATH")
        let answer = try Self.run(executable, ["--version"], input: Data())
        version = String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    /// Reads each of `inputs` with a parser of its own, in one process.
    func read(_ inputs: [[UInt8]]) throws -> [Verdict] {
        let encoded = try JSONEncoder().encode(inputs.map { Data($0) })
        let answer = try Self.run(
            executable, ["--no-deprecation", "-e", Self.script], input: encoded)
        return try JSONDecoder().decode([Verdict].self, from: answer)
    }

    private static func run(_ path: String, _ arguments: [String], input: Data) throws -> Data {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-node-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder that is left behind does no harm.
            try? FileManager.default.removeItem(at: folder)
        }
        let (asked, told) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try input.write(to: asked)
        try Data().write(to: told)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = try FileHandle(forReadingFrom: asked)
        process.standardOutput = try FileHandle(forWritingTo: told)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(path) reads the requests")
        return try Data(contentsOf: told)
    }

    /// What Node's server does with its parser, without its sockets: bodies, targets and fields as
    /// Latin-1, so that every byte is there. The fields of a long head come before its end, and so
    /// do those of every head behind a trailer; what comes after a head's end is trailers.
    private static let script = """
        const { HTTPParser, methods } = process.binding('http_parser');
        const inputs = JSON.parse(require('fs').readFileSync(0, 'utf8'));
        const verdicts = inputs.map(text => {
          const requests = [];
          const parser = new HTTPParser();
          let head = null, body = '', isClosed = false, isUpgraded = false;
          let fields = [], target = '';
          parser.initialize(HTTPParser.REQUEST, {});
          parser[HTTPParser.kOnHeaders | 0] = (headers, url) => {
            fields.push(...headers);
            target += url;
          };
          parser[HTTPParser.kOnHeadersComplete | 0] =
            (major, minor, headers, method, url, status, message, upgrade, keepsAlive) => {
              head = { method: methods[method], target: url ?? target, keepsAlive };
              head.fields = headers ?? fields;
              fields = [];
              target = '';
              isUpgraded = isUpgraded || (upgrade && methods[method] !== 'CONNECT');
              return methods[method] === 'CONNECT' ? 2 : 0;
            };
          parser[HTTPParser.kOnBody | 0] = bytes => { body += bytes.toString('latin1'); };
          parser[HTTPParser.kOnMessageComplete | 0] = () => {
            if (!isClosed) requests.push({ ...head, body });
            body = '';
            fields = [];
            target = '';
            isClosed = isClosed || !head.keepsAlive;
          };
          const result = parser.execute(Buffer.from(text, 'base64'));
          const refusal = result instanceof Error ? result.code : isUpgraded ? 'UPGRADED' : null;
          const error = isClosed ? null : refusal;
          return { requests, error };
        });
        process.stdout.write(JSON.stringify(verdicts));
        """
}
