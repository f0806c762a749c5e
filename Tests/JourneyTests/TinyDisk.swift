import Foundation

/// A file system of a few mebibytes in memory, where the system lets the test mount one.
struct TinyDisk {
    let path: String

    static let canBeMade: Bool = {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("roost-disk-\(UUID().uuidString)").path
        guard let disk = try? TinyDisk(at: path, mebibytes: 1) else { return false }
        disk.remove()
        return true
    }()

    private struct NotPermitted: Error {}

    init(at path: String, mebibytes: Int) throws {
        self.path = path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path) else {
            throw NotPermitted()
        }
    }

    /// Takes so many bytes, which `giveBack` frees again.
    func take(_ name: String, bytes: Int) throws {
        try Data(repeating: 1, count: bytes).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func giveBack(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    func remove() {
        _ = Self.run("umount", "-l", path)
        // A directory that is left behind does no harm.
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
