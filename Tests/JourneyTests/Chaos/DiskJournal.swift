import Foundation

/// The journal that `Tests/DiskShim/disk.c` keeps of what processes did to their disk.
struct DiskJournal {
    enum What: Equatable {
        case changed(file: UInt64, DurableFiles.Change)
        case created(String, file: UInt64)
        case opened(String, file: UInt64)
        case renamed(String, String, file: UInt64)
        case removed(String)
        case synced(file: UInt64, began: UInt64)
        case syncFailed(file: UInt64, began: UInt64)
        case directorySynced(String, began: UInt64)
    }

    struct Entry: Equatable {
        /// Where it stands in the journal, which is when it happened.
        let position: UInt64
        let what: What
    }

    private static let headBytes = 32

    /// Hands the whole entries of a journal to `body`, in order.
    static func read(_ path: String, _ body: (Entry) -> Void) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        data.withUnsafeBytes { bytes in
            var place = 0
            while place + headBytes <= bytes.count {
                let start = place
                let pathBytes = Int(bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt32.self))
                let dataBytes = Int(
                    bytes.loadUnaligned(fromByteOffset: start + 24, as: UInt64.self))
                place = start + headBytes + pathBytes + dataBytes
                guard place <= bytes.count else { return }
                let text = bytes[start + headBytes..<start + headBytes + pathBytes]
                let rest = bytes[start + headBytes + pathBytes..<place]
                guard
                    let what = what(
                        kind: bytes[start],
                        file: bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self),
                        at: bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt64.self),
                        path: String(decoding: text, as: UTF8.self), rest: rest)
                else { preconditionFailure("the journal is read as it is written") }
                body(Entry(position: UInt64(start), what: what))
            }
        }
    }

    private static func what(
        kind: UInt8, file: UInt64, at: UInt64, path: String,
        rest: Slice<UnsafeRawBufferPointer>
    ) -> What? {
        switch Character(UnicodeScalar(kind)) {
        case "W": .changed(file: file, .write(at: Int(at), bytes: Array(rest)))
        case "T": .changed(file: file, .truncate(to: Int(at)))
        case "C": .created(path, file: file)
        case "O": .opened(path, file: file)
        case "R": .renamed(path, String(decoding: rest, as: UTF8.self), file: file)
        case "U": .removed(path)
        case "S": .synced(file: file, began: at)
        case "F": .syncFailed(file: file, began: at)
        case "D": .directorySynced(path, began: at)
        default: nil
        }
    }
}
