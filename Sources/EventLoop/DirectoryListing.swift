import CUV
import Glibc

/// The entries of one directory, one at a time, in the order in which the kernel has them.
struct DirectoryListing: ~Copyable, Sendable {
    enum Kind: Sendable {
        case directory
        case file
        /// A symbolic link, a pipe, a socket or a device; or it went before it was looked at.
        case other
    }

    struct Entry: Sendable {
        /// Raw bytes, whatever they encode.
        let name: [UInt8]
        let kind: Kind
    }

    private let directory: OpenDirectory
    private var block = [UInt8](repeating: 0, count: 32 * 1024)
    private var position = 0
    private var end = 0

    init(_ directory: consuming OpenDirectory) {
        self.directory = directory
    }

    /// The next entry, or nil after the last.
    mutating func next() throws(SystemRefusal) -> Entry? {
        while true {
            if position == end { try fill() }
            if end == 0 { return nil }
            if let entry = take() { return entry }
        }
    }

    /// The stamp of a name in this directory; nil where it is no regular file.
    func stamp(of name: String) throws(SystemRefusal) -> FileStamp? {
        FileStamp(try directory.status(of: name))
    }

    private mutating func fill() throws(SystemRefusal) {
        let descriptor = directory.descriptor
        let count = block.withUnsafeMutableBytes {
            directory_entries(descriptor, $0.baseAddress, UInt($0.count))
        }
        guard count >= 0 else { throw SystemRefusal(code: errno) }
        position = 0
        end = count
    }

    /// The entry at `position`: inode and offset, 8 bytes each, then the length of it all, the
    /// kind, and the name up to a zero. Nil for the directory itself and the one above.
    private mutating func take() -> Entry? {
        block.withUnsafeBytes { bytes in
            let start = position
            let length = bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt16.self)
            position += Int(length)
            let name = Array(bytes[(start + 19)..<position].prefix { $0 != 0 })
            if name == [UInt8(ascii: ".")] || name == Array("..".utf8) { return nil }
            let pointer = bytes.baseAddress! + start + 19
            let kind = kind(bytes[start + 18], pointer.assumingMemoryBound(to: CChar.self))
            return Entry(name: name, kind: kind)
        }
    }

    /// Some file systems leave it to a look at each name to say what it is.
    private func kind(_ type: UInt8, _ name: UnsafePointer<CChar>) -> Kind {
        switch Int(type) {
        case Int(DT_DIR): return .directory
        case Int(DT_REG): return .file
        case Int(DT_UNKNOWN):
            // What went meanwhile is nothing to list.
            guard let status = try? directory.status(of: name) else { return .other }
            if status.st_mode & S_IFMT == S_IFDIR { return .directory }
            return status.st_mode & S_IFMT == S_IFREG ? .file : .other
        default: return .other
        }
    }
}
