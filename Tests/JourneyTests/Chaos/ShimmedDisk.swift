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
    }

    private let root: String
    private let folder: String
    private var files = DurableFiles()

    /// - Parameters:
    ///   - root: the directory whose files are watched.
    ///   - folder: where the shim, the journal and the faults are kept.
    init(_ root: String, folder: String) throws {
        // As the kernel names it, for so the journal does.
        self.root = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
        self.folder = folder
        try Data(count: 8).write(to: URL(fileURLWithPath: folder + "/faults"))
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

    /// Makes the files what a power cut leaves of them. No process may use them.
    ///
    /// - Parameter cut: says what is left.
    func cutPower(_ cut: (inout DurableFiles) -> Void) throws {
        var files = files
        try DiskJournal.read(folder + "/journal") { files.take($0) }
        cut(&files)
        try placeAll(files)
        for path in files.known where files.names[path] == nil { unlink(path) }
        files.renumber(numbers())
        self.files = files
        try Data().write(to: URL(fileURLWithPath: folder + "/journal"))
    }

    private func placeAll(_ files: DurableFiles) throws {
        let now = numbers()
        let paths = Dictionary(now.map { ($1, $0) }) { first, _ in first }
        for (path, file) in files.names {
            guard let bytes = files.bytes(of: path) else { continue }
            // A file that was made outside may have the number of one that is gone.
            if now[path] != file, let other = paths[file], files.names[other] == nil,
                files.known.contains(other)
            {
                // The same file under its earlier name: who knows it by its number shall do so.
                try #require(rename(other, path) == 0, "\(path) has its name again")
            }
            if FileManager.default.contents(atPath: path) != Data(bytes) {
                try Self.write(bytes, to: path)
            }
            // The index of the log is no file but memory; nothing of it is left.
            if path.hasSuffix("-shm") { unlink(path) }
        }
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
