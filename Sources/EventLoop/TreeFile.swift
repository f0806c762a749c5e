import CUV
import Glibc

/// Opens, stages, places and removes files below a root, never through a symbolic link.
///
/// A file that is written is staged first, in a directory of the root that nobody watches, and
/// placed under its name once it is whole and on the disk: nobody ever sees a part of it. All calls
/// wait for the disk, so they belong off the loop.
package enum TreeFile {
    /// Opens a file for reading; the caller closes the descriptor.
    package static func open(
        _ path: String, below root: String
    ) throws(LoopError) -> (descriptor: Int32, stamp: FileStamp) {
        do throws(SystemRefusal) {
            let place = try parent(of: path, below: root)
            let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
            let descriptor = openat(place.directory.descriptor, place.name, flags)
            guard descriptor >= 0 else { throw SystemRefusal(code: errno) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, let stamp = FileStamp(status) else {
                close(descriptor)
                throw SystemRefusal(code: ENOENT)
            }
            return (descriptor, stamp)
        } catch {
            throw LoopError(action: "open \"\(path)\"", code: -error.code)
        }
    }

    /// Makes a new file in `folder`, a directory of the root that is made where it is missing; the
    /// caller closes the descriptor.
    package static func stage(
        _ name: String, in folder: String, below root: String
    ) throws(LoopError) -> Int32 {
        do throws(SystemRefusal) {
            let top = try OpenDirectory(root: root)
            var made: [String] = []
            let directory = try makeDirectory(folder, below: top, 0o700, &made)
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            let descriptor = openat(directory.descriptor, name, flags, 0o640)
            guard descriptor >= 0 else { throw SystemRefusal(code: errno) }
            return descriptor
        } catch {
            throw LoopError(action: "stage a file", code: -error.code)
        }
    }

    /// Appends all of `bytes`.
    package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(LoopError) {
        var place = 0
        while place < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + place, $0.count - place)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw LoopError(action: "write a staged file", code: -errno) }
            place += count
        }
    }

    /// Syncs a staged file and its name in `folder`: from now on a power cut leaves it as it is.
    package static func seal(
        _ descriptor: Int32, in folder: String, below root: String
    ) throws(LoopError) -> FileStamp {
        do throws(SystemRefusal) {
            guard fsync(descriptor) == 0 else { throw SystemRefusal(code: errno) }
            let directory = try OpenDirectory(root: root).directory(at: folder)
            guard fsync(directory.descriptor) == 0 else { throw SystemRefusal(code: errno) }
            var status = stat()
            guard fstat(descriptor, &status) == 0, let stamp = FileStamp(status) else {
                throw SystemRefusal(code: ENOENT)
            }
            return stamp
        } catch {
            throw LoopError(action: "sync a staged file", code: -error.code)
        }
    }

    /// Gives a synced staged file its name and syncs that; directories that lack are made, and go
    /// again where the file can't have its name.
    ///
    /// - Returns: true where the name was free before.
    package static func place(
        staged name: String, in folder: String, as path: String, below root: String
    ) throws(LoopError) -> Bool {
        var made: [String] = []
        do throws(SystemRefusal) {
            let top = try OpenDirectory(root: root)
            let staging = try top.directory(at: folder)
            let place = try makeParent(of: path, below: top, &made)
            let isNew =
                faccessat(
                    place.directory.descriptor, place.name, F_OK, AT_SYMLINK_NOFOLLOW) != 0
            guard
                renameat(
                    staging.descriptor, name, place.directory.descriptor, place.name) == 0,
                fsync(place.directory.descriptor) == 0
            else { throw SystemRefusal(code: errno) }
            return isNew
        } catch {
            removeEmpty(made, below: root)
            throw LoopError(action: "place \"\(path)\"", code: -error.code)
        }
    }

    /// Syncs the directory of a file that has its name already, if it is still there.
    package static func syncName(of path: String, below root: String) throws(LoopError) {
        do throws(SystemRefusal) {
            let place = try parent(of: path, below: root)
            guard fsync(place.directory.descriptor) == 0 else { throw SystemRefusal(code: errno) }
        } catch {
            if error.isAbsence { return }
            throw LoopError(action: "sync the name of \"\(path)\"", code: -error.code)
        }
    }

    /// True where a name is taken in `folder`, which has to be there.
    package static func hasStaged(
        _ name: String, in folder: String, below root: String
    ) throws(LoopError) -> Bool {
        do throws(SystemRefusal) {
            let directory = try OpenDirectory(root: root).directory(at: folder)
            guard faccessat(directory.descriptor, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 else {
                guard errno == ENOENT else { throw SystemRefusal(code: errno) }
                return false
            }
            return true
        } catch {
            throw LoopError(action: "look for a staged file", code: -error.code)
        }
    }

    /// Removes a file; false where none was there.
    package static func remove(_ path: String, below root: String) throws(LoopError) -> Bool {
        do throws(SystemRefusal) {
            let place = try parent(of: path, below: root)
            guard unlinkat(place.directory.descriptor, place.name, 0) == 0 else {
                throw SystemRefusal(code: errno)
            }
            _ = fsync(place.directory.descriptor)
            return true
        } catch {
            if error.isAbsence { return false }
            throw LoopError(action: "remove \"\(path)\"", code: -error.code)
        }
    }

    /// A name and the directory that it is in.
    private struct Place: ~Copyable {
        let directory: OpenDirectory
        let name: String
    }

    private static func parent(
        of path: String, below root: String
    ) throws(SystemRefusal) -> Place {
        let (folder, name) = split(path)
        return Place(directory: try OpenDirectory(root: root).directory(at: folder), name: name)
    }

    private static func makeParent(
        of path: String, below root: borrowing OpenDirectory, _ made: inout [String]
    ) throws(SystemRefusal) -> Place {
        let (folder, name) = split(path)
        return Place(directory: try makeDirectory(folder, below: root, 0o750, &made), name: name)
    }

    /// - Parameter made: takes the paths of the directories that it makes, the outermost first.
    private static func makeDirectory(
        _ path: String, below root: borrowing OpenDirectory, _ mode: mode_t, _ made: inout [String]
    ) throws(SystemRefusal) -> OpenDirectory {
        var directory = try root.directory(at: "")
        var reached = ""
        for part in path.pathParts where !part.isEmpty {
            reached += reached.isEmpty ? part : "/\(part)"
            if mkdirat(directory.descriptor, part, mode) == 0 {
                made.append(reached)
                guard fsync(directory.descriptor) == 0 else { throw SystemRefusal(code: errno) }
            } else if errno != EEXIST {
                throw SystemRefusal(code: errno)
            }
            directory = try directory.directory(at: part)
        }
        return directory
    }

    /// Removes directories that were made for nothing; one that is in use by now stays.
    private static func removeEmpty(_ paths: [String], below root: String) {
        for path in paths.reversed() {
            // What can't be removed is an empty directory, which is no file.
            guard let place = try? parent(of: path, below: root) else { return }
            unlinkat(place.directory.descriptor, place.name, AT_REMOVEDIR)
        }
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        let bytes = path.utf8
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
        return (
            String(decoding: bytes[..<slash], as: UTF8.self),
            String(decoding: bytes[slash...].dropFirst(), as: UTF8.self)
        )
    }
}
