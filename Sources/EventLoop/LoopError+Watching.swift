import CUV
import Glibc

// What can go wrong with watches, and what a person can do about it.

extension LoopError {
    /// An inotify queue can't be opened.
    static func openingQueue(_ code: Int32) -> LoopError {
        let cure =
            "raise fs.inotify.max_user_instances (now \(setting("max_user_instances"))), "
            + "or the open files that this process may have"
        return LoopError(
            action: "open an inotify queue", code: -code, cure: code == EMFILE ? cure : nil)
    }

    /// A directory can't be watched.
    static func watching(_ path: String, _ code: Int32) -> LoopError {
        let cure: String? =
            switch code {
            case ENOSPC: "raise fs.inotify.max_user_watches (now \(setting("max_user_watches")))"
            case ENOENT: "mount /proc, through which directories are watched"
            default: nil
            }
        return LoopError(action: "watch directory \"\(path)\"", code: -code, cure: cure)
    }

    /// A directory can't be opened or listed.
    static func opening(_ path: String, _ code: Int32) -> LoopError {
        let cure = code == EMFILE ? "raise the open files that this process may have" : nil
        return LoopError(action: "open directory \"\(path)\"", code: -code, cure: cure)
    }

    /// A name below a root can't be looked at.
    static func looking(_ path: String, _ code: Int32) -> LoopError {
        LoopError(action: "look at \"\(path)\"", code: -code)
    }

    static func tooDeep(_ path: String) -> LoopError {
        LoopError(
            action: "watch directory \"\(path)\"", code: UV_ENAMETOOLONG.rawValue,
            cure: "keep paths within \(TreeBounds.depthMax) directories and "
                + "\(TreeBounds.pathBytesMax) bytes")
    }

    static func alreadyWatched(_ path: String, as other: String) -> LoopError {
        LoopError(
            action: "watch directory \"\(path)\", which is watched as \"\(other)\"",
            code: UV_EEXIST.rawValue)
    }

    /// A setting of the kernel, as text.
    private static func setting(_ name: String) -> String {
        let descriptor = open("/proc/sys/fs/inotify/\(name)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "unknown" }
        defer { close(descriptor) }
        var digits = [UInt8](repeating: 0, count: 32)
        let count = read(descriptor, &digits, digits.count)
        return String(decoding: digits[..<max(0, count)].prefix { $0 > 32 }, as: UTF8.self)
    }
}
