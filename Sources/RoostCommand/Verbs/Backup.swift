import ArgumentParser
import Contract
import Glibc

/// `roost backup FILE`: a consistent copy of the data while the host serves.
struct Backup: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a consistent copy of the data to a new file, while the host serves.")

    @Argument(help: "The file to write; it must not exist yet.")
    var file: String

    @OptionGroup var showing: ShowingOptions
    @OptionGroup var host: HostOptions

    func run() async throws {
        let path = Self.absolute(file, in: Self.workingDirectory)
        var body = JSONWriter()
        body.object { $0.member("file", path) }
        let answer = try await HostConnection.with(host) { [body] in
            try await $0.post("/v1/backup", body: body.bytes)
        }
        if showing.isJSON { return answer.show() }
        try answer.read { print("\(path)  \(Words.size($0.integer("bytes") ?? 0))") }
    }

    /// The host has a working directory of its own.
    static func absolute(_ file: String, in directory: String) -> String {
        file.hasPrefix("/") ? file : "\(directory)/\(file)"
    }

    private static var workingDirectory: String {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }
}
