import Contract
import Glibc

/// What a running host leaves in its data directory so that it is found: `host.json`.
struct HostFile: Equatable {
    /// The admin listener's address.
    var admin: String
    var token: String?
    var pid: Int?

    static let name = "host.json"

    /// Reads the file of a data directory; nil where there is none, so no host.
    static func read(inDirectory directory: String) throws(CommandFailure) -> HostFile? {
        let path = "\(directory)/\(name)"
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileBytes.read(path)
        } catch {
            if error.code == ENOENT || error.code == ENOTDIR { return nil }
            throw .unreadableHostFile(path, why: "\(error)")
        }
        guard let file = HostFile(json: bytes) else {
            throw .unreadableHostFile(path, why: "it is not what a host writes")
        }
        return file
    }

    /// Nil where the text is not what a host writes.
    init?(json bytes: [UInt8]) {
        let read = try? bytes.withJSON { value -> HostFile? in
            guard let admin = value.text("admin") else { return nil }
            let token = value.text("token").flatMap { $0.isEmpty ? nil : $0 }
            return HostFile(admin: admin, token: token, pid: value.integer("pid").map(Int.init))
        }
        // What is no JSON is not what a host writes either.
        guard let file = read ?? nil else { return nil }
        self = file
    }

    init(admin: String, token: String?, pid: Int?) {
        self.admin = admin
        self.token = token
        self.pid = pid
    }
}
