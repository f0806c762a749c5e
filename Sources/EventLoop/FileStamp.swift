import Glibc

/// What the file system says of a regular file without a look at its content.
package struct FileStamp: Sendable, Hashable {
    /// In bytes.
    package let size: Int64
    /// When the content was last written, in nanoseconds since 1970; programs set it at will.
    package let modifiedNanoseconds: Int64
    /// When content, times, mode or links last changed, in nanoseconds since 1970; the kernel
    /// alone sets it, so it tells how long a file has rested.
    package let changedNanoseconds: Int64
    /// The file's number on its device; it is used again after the file's end.
    package let inode: UInt64
    /// The number of the file system that the file lies on.
    package let device: UInt64
    /// How many names the file has.
    package let linkCount: Int

    /// Nil for what is no regular file.
    init?(_ status: stat) {
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int64(status.st_size)
        modifiedNanoseconds = Self.nanoseconds(status.st_mtim)
        changedNanoseconds = Self.nanoseconds(status.st_ctim)
        inode = UInt64(status.st_ino)
        device = UInt64(status.st_dev)
        linkCount = Int(status.st_nlink)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        nanoseconds(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// A time since 1970 in nanoseconds alone; one that 64 bits can't hold, of the year 2262 or
    /// 1677, is the last or first that they can.
    package static func nanoseconds(seconds: Int64, nanoseconds: Int64) -> Int64 {
        let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflows { return seconds < 0 ? .min : .max }
        let (sum, exceeds) = whole.addingReportingOverflow(nanoseconds)
        return exceeds ? .max : sum
    }
}
