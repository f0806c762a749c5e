import Contract
import EventLoop
import Glibc
import Synchronization

/// A file staged in its bucket's directory, written off the loop.
final class DiskStage: FileStage {
    let name: String
    private let root: String
    private let descriptor: Mutex<Int32>

    private static let folder = FileKey.stagingFolder

    /// Makes the file, empty.
    static func make(below root: String) async throws -> DiskStage {
        let number = UInt64.random(in: .min ... .max)
        let name = StagedFile.namePrefix(ofWorker: getpid()) + "\(number)"
        let descriptor = try await offLoop {
            try TreeFile.stage(name, in: folder, below: root)
        }
        return DiskStage(name: name, root: root, descriptor: descriptor)
    }

    private init(name: String, root: String, descriptor: Int32) {
        self.name = name
        self.root = root
        self.descriptor = Mutex(descriptor)
    }

    deinit { descriptor.withLock { if $0 >= 0 { close($0) } } }

    func write(_ bytes: [UInt8]) async throws {
        try await offLoop { [self] in
            try descriptor.withLock { try TreeFile.write(bytes, to: $0) }
        }
    }

    func seal() async throws -> FileMark {
        let root = root
        let stamp = try await offLoop { [self] in
            try descriptor.withLock {
                try TreeFile.seal($0, in: Self.folder, below: root)
            }
        }
        closeFile()
        return FileMark(
            size: stamp.size, modifiedNanoseconds: stamp.modifiedNanoseconds, inode: stamp.inode)
    }

    func discard() async {
        closeFile()
        await Self.remove([(root, name)])
    }

    /// Removes staged files; what can't be removed goes when the host starts again.
    static func remove(_ files: [(root: String, name: String)]) async {
        // What can't be removed now is only in the way.
        try? await offLoop {
            for file in files {
                _ = try TreeFile.remove("\(folder)/\(file.name)", below: file.root)
            }
        }
    }

    private func closeFile() {
        descriptor.withLock {
            if $0 >= 0 { close($0) }
            $0 = -1
        }
    }
}
