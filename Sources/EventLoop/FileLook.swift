import Glibc

/// What one path below a root leads to, at the moment of the look.
package enum FileLook: Sendable, Equatable {
    /// A regular file.
    ///
    /// `isOpenForWriting` is exact on local file systems for files of this process's user: while
    /// it is false, the stamp was taken with no writer about. It is nil where it can't be told.
    case file(FileStamp, isOpenForWriting: Bool?)
    /// Nothing is there.
    case gone
    /// A directory, a pipe, a socket or a device.
    case notRegular
    /// The name or a directory on the way is a symbolic link, or the path has a "." or ".." in it.
    case leadsOut
    /// It can't be looked at now: permissions, or no descriptor is free.
    case refused(LoopError)

    /// Looks at each of `paths`, relative to `root`, off the loop; the answers are in their order.
    ///
    /// Thousands go well in one call; those of one directory are best put side by side. The
    /// thread is held until all are done.
    ///
    /// - Throws: where the root can't be opened.
    @LoopActor
    package static func look(
        at paths: [String], below root: String
    ) async throws(LoopError) -> [FileLook] {
        let result: Result<[FileLook], LoopError> = await withCheckedContinuation { continuation in
            offLoop {
                Result { () throws(LoopError) in try answers(for: paths, below: root) }
            } then: {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }

    private static func answers(
        for paths: [String], below root: String
    ) throws(LoopError) -> [FileLook] {
        do throws(SystemRefusal) {
            var looker = FileLooker(root: try OpenDirectory(root: root))
            var answers: [FileLook] = []
            answers.reserveCapacity(paths.count)
            for path in paths { answers.append(looker.look(at: path)) }
            return answers
        } catch {
            throw .opening(root, error.code)
        }
    }
}

/// Looks at one path after another and keeps the last one's directory open for the next.
private struct FileLooker: ~Copyable {
    private let root: OpenDirectory
    private var directory: OpenDirectory?
    private var directoryPath = ""

    init(root: consuming OpenDirectory) { self.root = root }

    mutating func look(at path: String) -> FileLook {
        let parts = path.pathParts
        guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else { return .leadsOut }
        do throws(SystemRefusal) {
            try open(parts.dropLast().joined(separator: "/"))
            return try Self.look(at: parts.last!, in: directory!, path)
        } catch {
            if error.isAbsence { return isLink(on: parts) ? .leadsOut : .gone }
            return .refused(.looking(path, error.code))
        }
    }

    private mutating func open(_ path: String) throws(SystemRefusal) {
        // By bytes: Swift takes two spellings of one text for equal.
        if directory != nil, directoryPath.utf8.elementsEqual(path.utf8) { return }
        directory = nil
        directory = try root.directory(at: path)
        directoryPath = path
    }

    private static func look(
        at name: String, in directory: borrowing OpenDirectory, _ path: String
    ) throws(SystemRefusal) -> FileLook {
        let status = try directory.status(of: name)
        if status.st_mode & S_IFMT == S_IFLNK { return .leadsOut }
        guard let stamp = FileStamp(status) else { return .notRegular }
        let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC
        let descriptor = openat(directory.descriptor, name, flags)
        guard descriptor >= 0 else {
            if errno == EACCES || errno == EPERM { return .file(stamp, isOpenForWriting: nil) }
            throw SystemRefusal(code: errno)
        }
        defer { close(descriptor) }
        return WriteLease.ask(descriptor) { isOpen in
            var status = stat()
            guard fstat(descriptor, &status) == 0, let stamp = FileStamp(status) else {
                return .notRegular
            }
            return .file(stamp, isOpenForWriting: isOpen)
        }
    }

    /// Says why a path leads nowhere; what changes meanwhile is told by another look.
    private func isLink(on parts: [String]) -> Bool {
        var above = ""
        for part in parts {
            guard let directory = try? root.directory(at: above),
                let status = try? directory.status(of: part)
            else { return false }  // Nothing is there any more, and so is no link.
            if status.st_mode & S_IFMT == S_IFLNK { return true }
            above = above.isEmpty ? part : "\(above)/\(part)"
        }
        return false
    }
}
