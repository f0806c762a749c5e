import Contract
import EventLoop
import FoundationEssentials
import Glibc
import Synchronization

/// The directories of a simulation's buckets, made when a file first goes there.
///
/// They are real, for handlers read files piece by piece from a disk.
final class SimulatedBuckets: Sendable {
    private let top = FileManager.default.temporaryDirectory.appending(
        path: "roost-simulation-\(UUID())")
    private let made = Mutex<Set<String>>([])

    /// The directory of a bucket.
    func directory(of bucket: String) throws -> String {
        let url = top.appending(path: bucket)
        try made.withLock { made in
            guard made.insert(bucket).inserted else { return }
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        }
        return url.path
    }

    /// Writes a file that goes to a key later.
    func stage(_ name: String, in bucket: String, _ bytes: [UInt8]) throws -> FileMark {
        let root = try directory(of: bucket)
        let descriptor = try TreeFile.stage(name, in: FileKey.stagingFolder, below: root)
        defer { close(descriptor) }
        try TreeFile.write(bytes, to: descriptor)
        let stamp = try TreeFile.seal(descriptor, in: FileKey.stagingFolder, below: root)
        return FileMark(
            size: stamp.size, modifiedNanoseconds: stamp.modifiedNanoseconds, inode: stamp.inode)
    }

    /// Gives a staged file its name; one that is gone has it.
    func place(_ file: StagedFile) throws {
        let root = try directory(of: file.bucket)
        let folder = FileKey.stagingFolder
        guard try TreeFile.hasStaged(file.name, in: folder, below: root) else { return }
        if file.mark != nil {
            _ = try TreeFile.place(staged: file.name, in: folder, as: file.key, below: root)
        } else {
            _ = try TreeFile.remove(file.key, below: root)
            _ = try TreeFile.remove("\(folder)/\(file.name)", below: root)
        }
    }

    /// Removes a file; where none is, nothing happens.
    func remove(_ key: String, from bucket: String) throws {
        _ = try TreeFile.remove(key, below: try directory(of: bucket))
    }

    /// The bytes of a file; nil where none is.
    func contents(of key: String, in bucket: String) throws -> Data? {
        FileManager.default.contents(atPath: try directory(of: bucket) + "/" + key)
    }

    func removeAll() {
        // What is left in the system's temporary folder harms nobody.
        try? FileManager.default.removeItem(at: top)
    }
}
