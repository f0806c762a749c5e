import CUV
import Glibc

/// Tells whether anyone has a file open for writing.
///
/// The kernel grants a read lease only while nobody does, in whatever process, by whatever name,
/// also through a shared mapping. So one is asked for and given back at once. It answers for
/// files of this user (or any, for one with CAP_LEASE) on local file systems; network file
/// systems refuse leases for reasons of their own, so their refusal says nothing.
///
/// For the microseconds that the lease lasts, one that opens the file for writing waits for it, and
/// one that opens it without waiting (O_NONBLOCK) is turned away with EAGAIN. The kernel tells
/// the lease's holder by a signal, SIGIO unless asked otherwise, which would end this process;
/// SIGURG is ignored unless somebody handles it.
enum WriteLease {
    /// What a lease needs to be asked for.
    private enum Command {
        // glibc hides them behind _GNU_SOURCE.
        static let setSignal: Int32 = 10
        static let setLease: Int32 = 1024
    }

    /// Runs `body` on an open file that nobody writes meanwhile, if that can be had.
    ///
    /// - Parameter body: gets true where someone else has the file open for writing, false
    ///   where nobody has and, until it returns, nobody will; nil where the kernel can't tell.
    static func ask<Result>(_ descriptor: Int32, _ body: (Bool?) -> Result) -> Result {
        guard isLocal(descriptor), fcntl(descriptor, Command.setSignal, SIGURG) == 0 else {
            return body(nil)
        }
        guard fcntl(descriptor, Command.setLease, Int32(F_RDLCK)) == 0 else {
            return body(errno == EAGAIN ? true : nil)
        }
        defer { _ = fcntl(descriptor, Command.setLease, Int32(F_UNLCK)) }
        return body(false)
    }

    /// The numbers of ext4 (2 and 3 too), XFS, Btrfs, tmpfs, F2FS and bcachefs.
    private static let localTypes: Set<UInt> = [
        0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0xF2F5_2010, 0xCA45_1A4E,
    ]

    private static func isLocal(_ descriptor: Int32) -> Bool {
        localTypes.contains(file_system_type(descriptor))
    }
}
