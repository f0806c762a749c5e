import Foundation
import Testing

/// The disk below a directory, through the shim: it fails when told to, and loses its power.
final class ShimmedDisk {
    enum Fault: UInt64 {
        case full = 0
        case syncFails = 1
        case syncLies = 2
        /// Whoever gave a file its name dies before it syncs the directory.
        case diesBeforeNamesAreSynced = 3
        /// Every eighth write.
        case writeFails = 4
    }

    private let root: String
    private let folder: String
    private var files = DurableFiles()

    /// What the shim shares: a byte for each fault, then eight for how often each has struck.
    private static let faultsMax = 8

    /// - Parameters:
    ///   - root: the directory whose files are watched.
    ///   - folder: where the shim, the journal and the faults are kept.
    init(_ root: String, folder: String) throws {
        // As the kernel names it, for so the journal does.
        self.root = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
        self.folder = folder
        try Data(count: Self.faultsMax * 9).write(to: URL(fileURLWithPath: folder + "/faults"))
        try Data().write(to: URL(fileURLWithPath: folder + "/journal"))
        try Self.compile(to: folder + "/disk.so")
    }

    /// What a process needs to go through the shim.
    var environment: [String: String] {
        [
            "LD_PRELOAD": folder + "/disk.so", "DISK_ROOT": root,
            "DISK_JOURNAL": folder + "/journal", "DISK_FAULTS": folder + "/faults",
        ]
    }

    private static func compile(to library: String) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../DiskShim/disk.c").standardizedFileURL.path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // Swift brings a clang, and the machine may have another compiler.
        let compiler = #"exec "$(command -v cc || command -v clang)" "$@""#
        process.arguments =
            ["sh", "-c", compiler, "cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the shim for the disk is built by cc")
    }

    func set(_ fault: Fault, _ isOn: Bool) throws {
        let file = try #require(FileHandle(forUpdatingAtPath: folder + "/faults"))
        try file.seek(toOffset: fault.rawValue)
        try file.write(contentsOf: [isOn ? 1 : 0])
        try file.close()
    }

    /// How often a fault has struck, in any process.
    func strikes(_ fault: Fault) throws -> UInt64 {
        let shared = try Data(contentsOf: URL(fileURLWithPath: folder + "/faults"))
        let place = Self.faultsMax + Int(fault.rawValue) * 8
        return shared.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        }
    }

    /// Makes the files what a power cut leaves of them. No process may use them.
    ///
    /// - Parameter cut: says what is left.
    /// - Returns: true where that is not what was there.
    @discardableResult
    func cutPower(_ cut: (inout DurableFiles) -> Void) throws -> Bool {
        var files = files
        try DiskJournal.read(folder + "/journal") { files.take($0) }
        cut(&files)
        var isChanged = try placeAll(files)
        for path in files.known where files.names[path] == nil {
            if unlink(path) == 0, !Self.isMemory(path) { isChanged = true }
        }
        files.renumber(numbers())
        self.files = files
        try Data().write(to: URL(fileURLWithPath: folder + "/journal"))
        return isChanged
    }

    /// True for the index of the log, which is no file but memory; nothing of it is left.
    private static func isMemory(_ path: String) -> Bool { path.hasSuffix("-shm") }

    private func placeAll(_ files: DurableFiles) throws -> Bool {
        let now = numbers()
        let paths = Dictionary(now.map { ($1, $0) }) { first, _ in first }
        var isChanged = false
        for (path, file) in files.names {
            guard let bytes = files.bytes(of: path) else { continue }
            // A file that was made outside may have the number of one that is gone.
            if now[path] != file, let other = paths[file], files.names[other] == nil,
                files.known.contains(other)
            {
                // The same file under its earlier name: who knows it by its number shall do so.
                try #require(rename(other, path) == 0, "\(path) has its name again")
                isChanged = true
            }
            if FileManager.default.contents(atPath: path) != Data(bytes) {
                try Self.write(bytes, to: path)
                isChanged = isChanged || !Self.isMemory(path)
            }
            if Self.isMemory(path) { unlink(path) }
        }
        return isChanged
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(file >= 0, "\(path) can be written")
        defer { close(file) }
        let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        try #require(count == bytes.count, "\(path) is written whole")
    }

    /// The files that there are, and their inodes.
    private func numbers() -> [String: UInt64] {
        var numbers: [String: UInt64] = [:]
        let names = FileManager.default.enumerator(atPath: root)
        while let name = names?.nextObject() as? String {
            var status = stat()
            guard lstat("\(root)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
            else { continue }
            numbers["\(root)/\(name)"] = UInt64(status.st_ino)
        }
        return numbers
    }
}
