import Glibc

/// One record of an inotify queue: what happened, in which watched directory, to which name.
struct InotifyRecord: Equatable, Sendable {
    /// The watch, or -1 where the queue itself speaks.
    let descriptor: Int32
    let kinds: Kinds
    /// The raw bytes of the name, whatever they encode; empty where the directory itself is meant.
    let name: [UInt8]

    /// The bits of a record's mask.
    struct Kinds: OptionSet, Hashable, Sendable {
        let rawValue: UInt32

        static let attributes = Kinds(rawValue: UInt32(IN_ATTRIB))
        static let closedAfterWriting = Kinds(rawValue: UInt32(IN_CLOSE_WRITE))
        static let movedFrom = Kinds(rawValue: UInt32(IN_MOVED_FROM))
        static let movedTo = Kinds(rawValue: UInt32(IN_MOVED_TO))
        static let created = Kinds(rawValue: UInt32(IN_CREATE))
        static let deleted = Kinds(rawValue: UInt32(IN_DELETE))
        static let selfDeleted = Kinds(rawValue: UInt32(IN_DELETE_SELF))
        static let selfMoved = Kinds(rawValue: UInt32(IN_MOVE_SELF))
        static let unmounted = Kinds(rawValue: UInt32(IN_UNMOUNT))
        static let overflow = Kinds(rawValue: UInt32(IN_Q_OVERFLOW))
        /// The watch has ended: nothing more will come from it.
        static let watchEnded = Kinds(rawValue: UInt32(IN_IGNORED))
        /// What it happened to is a directory.
        static let directory = Kinds(rawValue: UInt32(IN_ISDIR))

        /// What may be said of a name within a watched directory.
        static let ofEntries: Kinds = [
            .attributes, .closedAfterWriting, .movedFrom, .movedTo, .created, .deleted,
        ]
    }

    /// Before the name: watch, mask, cookie, length of the name with its padding.
    static let headBytes = 16
    /// A record with the longest name.
    static let bytesMax = headBytes + Int(NAME_MAX) + 1

    /// The records in what one read gave.
    ///
    /// The kernel gives whole records only. Where a buffer ends within one all the same,
    /// `isWhole` is false: something was lost, as when the queue overflows.
    static func all(in bytes: UnsafeRawBufferPointer) -> (records: [Self], isWhole: Bool) {
        var records: [Self] = []
        var start = 0
        while bytes.count - start >= headBytes {
            let length = bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self)
            let end = start + headBytes + Int(length)
            guard end <= bytes.count else { return (records, false) }
            let mask = bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self)
            records.append(
                Self(
                    descriptor: bytes.loadUnaligned(fromByteOffset: start, as: Int32.self),
                    kinds: Kinds(rawValue: mask),
                    name: Array(bytes[(start + headBytes)..<end].prefix { $0 != 0 })))
            start = end
        }
        return (records, start == bytes.count)
    }
}
