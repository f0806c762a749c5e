import Glibc

/// An inotify descriptor and the three calls on it, all of which may be made from any thread.
struct InotifyQueue: Sendable {
    /// Adds a watch for an open directory; the answer is its number, or a negated errno.
    typealias AddWatch = @Sendable (_ queue: Int32, _ directory: Int32, _ mask: UInt32) -> Int32

    let descriptor: Int32
    private let addWatch: AddWatch

    private static let mask =
        InotifyRecord.Kinds.ofEntries.rawValue | UInt32(IN_DELETE_SELF) | UInt32(IN_ONLYDIR)
        | UInt32(IN_EXCL_UNLINK)

    /// Opens an empty queue; the error names the setting that is in the way.
    init(addWatch: @escaping AddWatch = Self.addWatch) throws(LoopError) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        self.addWatch = addWatch
        guard descriptor >= 0 else { throw .openingQueue(errno) }
    }

    /// Watches a directory for what happens to its entries, and the root for its own moves too;
    /// the answer is the watch, the same for the same directory.
    func watch(_ directory: borrowing OpenDirectory, isRoot: Bool) throws(SystemRefusal) -> Int32 {
        let own = isRoot ? UInt32(IN_MOVE_SELF) : 0
        let watch = addWatch(descriptor, directory.descriptor, Self.mask | own)
        guard watch >= 0 else { throw SystemRefusal(code: -watch) }
        return watch
    }

    /// Ends a watch; one that has ended by itself is left alone.
    func endWatch(_ watch: Int32) { _ = inotify_rm_watch(descriptor, watch) }

    /// What waits in the queue, as far as it fits `buffer`.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        // Nothing waits, or a signal came: the loop says when there is more.
        return UnsafeRawBufferPointer(rebasing: buffer[..<max(0, count)])
    }

    /// Ends all watches, which takes the kernel milliseconds where they are many.
    func close() { Glibc.close(descriptor) }

    /// The kernel takes paths only. This one leads to what is open, and nowhere else: the link is
    /// the kernel's own.
    static let addWatch: AddWatch = { queue, directory, mask in
        let watch = inotify_add_watch(queue, "/proc/self/fd/\(directory)", mask)
        return watch >= 0 ? watch : -errno
    }
}
