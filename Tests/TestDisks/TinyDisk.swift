import Foundation

/// A small file system in memory, where the system lets the test mount one.
package struct TinyDisk {
    private let folder: URL

    /// Whether tests that need one can run here.
    package static let canBeMade: Bool = {
        guard let disk = try? TinyDisk() else { return false }
        disk.remove()
        return true
    }()

    private struct NotPermitted: Error {}

    /// - Parameters:
    ///   - path: where it is mounted; a directory of its own where nothing is said.
    ///   - filesMax: so many files and directories have room, its own one among them.
    package init(at path: String? = nil, mebibytes: Int = 4, filesMax: Int? = nil) throws {
        folder =
            path.map { URL(filePath: $0) }
            ?? FileManager.default.temporaryDirectory.appending(path: "roost-disk-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let options = "size=\(mebibytes)m" + (filesMax.map { ",nr_inodes=\($0)" } ?? "")
        guard Self.run("mount", "-t", "tmpfs", "-o", options, "tmpfs", folder.path) else {
            removeFolder()
            throw NotPermitted()
        }
    }

    /// The directory that it is mounted on.
    package var root: String { folder.path }

    /// Where `name` lies on it.
    package func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Takes so many bytes, which `giveBack` frees again.
    package func take(_ name: String, bytes: Int) throws {
        try Data(repeating: 1, count: bytes).write(to: URL(filePath: path(name)))
    }

    /// Frees what `take` took.
    package func giveBack(_ name: String) throws {
        try FileManager.default.removeItem(atPath: path(name))
    }

    /// Takes it away with all that is on it.
    package func remove() {
        _ = Self.run("umount", "-l", folder.path)
        removeFolder()
    }

    private func removeFolder() {
        // An empty folder in the system's temporary one harms nobody.
        try? FileManager.default.removeItem(at: folder)
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
