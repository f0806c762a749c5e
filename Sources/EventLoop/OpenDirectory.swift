import Glibc

/// An open directory below a root, reached without following a symbolic link.
///
/// Names are opened one by one, each in the directory before it, so that nothing that is renamed
/// or replaced meanwhile leads out of the tree. Only the root's own path may have links in it.
struct OpenDirectory: ~Copyable, Sendable {
    let descriptor: Int32

    /// The numbers by which the kernel knows a directory.
    struct Identity: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
    }

    /// Opens the root of a tree.
    init(root: String) throws(SystemRefusal) {
        descriptor = try Self.opened(open(root, Self.listing))
    }

    private init(_ name: String, in parent: Int32, _ flags: Int32) throws(SystemRefusal) {
        guard !["", ".", ".."].contains(name) else { throw SystemRefusal(code: ENOENT) }
        descriptor = try Self.opened(openat(parent, name, flags | O_NOFOLLOW))
    }

    private init(again directory: borrowing OpenDirectory) throws(SystemRefusal) {
        descriptor = try Self.opened(openat(directory.descriptor, ".", Self.listing))
    }

    deinit { close(descriptor) }

    /// Opens the directory at a relative path; the empty one is this directory once more.
    func directory(at path: String) throws(SystemRefusal) -> OpenDirectory {
        guard !path.isEmpty else { return try OpenDirectory(again: self) }
        var components = path.pathParts
        let last = components.removeLast()
        guard let first = components.first else {
            return try OpenDirectory(last, in: descriptor, Self.listing)
        }
        var above = try OpenDirectory(first, in: descriptor, Self.passing)
        for name in components.dropFirst() {
            above = try OpenDirectory(name, in: above.descriptor, Self.passing)
        }
        return try OpenDirectory(last, in: above.descriptor, Self.listing)
    }

    /// Nil where the kernel does not say.
    var identity: Identity? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }

    /// What a name is here, without following it.
    func status(of name: UnsafePointer<CChar>) throws(SystemRefusal) -> stat {
        var status = stat()
        guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw SystemRefusal(code: errno)
        }
        return status
    }

    private static let listing = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK
    /// With O_PATH, which glibc hides behind _GNU_SOURCE: enough to open what lies below.
    private static let passing = 0o10_000_000 | O_DIRECTORY | O_CLOEXEC

    private static func opened(_ descriptor: Int32) throws(SystemRefusal) -> Int32 {
        guard descriptor >= 0 else { throw SystemRefusal(code: errno) }
        return descriptor
    }
}

extension String {
    /// The parts of a path, as the kernel sees them: a slash is a byte, also where a combining mark
    /// follows, with which it is one character to Swift.
    var pathParts: [String] {
        utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }
}

/// The number with which a system call refused.
struct SystemRefusal: Error, Equatable {
    let code: Int32

    /// No directory is there: nothing, a file, or a symbolic link.
    var isAbsence: Bool { [ENOENT, ENOTDIR, ELOOP].contains(code) }
}
