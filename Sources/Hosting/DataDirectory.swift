import Contract
import Glibc

/// Why a host could not start or go on.
package enum HostError: Error, Equatable, CustomStringConvertible {
    case directory(path: String, reason: String)
    case heldByAnother(path: String, pid: String)
    case portTaken(address: String, setting: String)
    case listen(String, setting: String)
    case store(String)
    case app(String)
    case manifest(String)
    case mistakes([String])

    package var description: String {
        switch self {
        case .directory(let path, let reason):
            "could not use the data directory \"\(path)\": \(reason); choose another with --data"
        case .heldByAnother(let path, let pid):
            "the data directory \"\(path)\" is held by another host, process \(pid); stop that one, or "
                + "choose another directory with --data"
        case .portTaken(let address, let setting):
            "could not listen on \(address): the port is taken; stop what listens there, or choose "
                + "another with --\(setting) (0 lets the system pick one)"
        case .listen(let reason, let setting): "\(reason); change it with --\(setting)"
        case .store(let reason): reason
        case .app(let reason): reason
        case .manifest(let reason): "the app's manifest can't be read: \(reason)"
        case .mistakes(let mistakes): mistakes.joined(separator: "\n")
        }
    }
}

/// The directory where a host keeps its file, held by one host at a time.
///
/// The lock is the kernel's (`flock`), so it goes with the process however that ends; the file
/// `lock` tells whose it is.
final class DataDirectory: Sendable {
    let path: String
    private let lock: Int32

    /// Makes the directory where there is none, for nobody but its owner, and locks it.
    init(_ path: String) throws(HostError) {
        self.path = path
        var made = ""
        for part in path.split(separator: "/") {
            made += made.isEmpty && !path.hasPrefix("/") ? String(part) : "/" + part
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw .directory(
                    path: path, reason: "could not make it: \(String(cString: strerror(errno)))")
            }
        }
        guard access(path, R_OK | W_OK | X_OK) == 0 else {
            throw .directory(path: path, reason: String(cString: strerror(errno)))
        }
        lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw .directory(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.read(path + "/lock") ?? ""
            Glibc.close(lock)
            throw .heldByAnother(path: path, pid: holder.isEmpty ? "unknown" : holder)
        }
        // A host that was killed has left it, and nobody answers there.
        unlink(path + "/host.json")
        ftruncate(lock, 0)
        let pid = "\(getpid())"
        _ = pid.withCString { pwrite(lock, $0, pid.utf8.count, 0) }
    }

    var storePath: String { path + "/roost.sqlite" }
    private var hostFile: String { path + "/host.json" }

    /// Says where this host can be found; the file appears whole or not at all.
    func announce(_ json: [UInt8]) throws(HostError) {
        let draft = hostFile + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw .directory(
                path: path, reason: "could not write host.json: \(String(cString: strerror(errno)))"
            )
        }
        let written = json.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        Glibc.close(file)
        guard written == json.count, rename(draft, hostFile) == 0 else {
            throw .directory(
                path: path, reason: "could not write host.json: \(String(cString: strerror(errno)))"
            )
        }
    }

    /// Removes host.json, for the host can't be found any more.
    func withdraw() { unlink(hostFile) }

    func release() {
        withdraw()
        Glibc.close(lock)
    }

    /// The bytes free to this user on the directory's disk.
    var freeBytes: Int {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return .max }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { Glibc.close(file) }
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}
