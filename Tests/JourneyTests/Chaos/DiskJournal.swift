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

    private static let headBytes = 40
    /// Begins every entry.
    private static let mark = Array("journal!".utf8)

    /// Hands the whole entries of a journal to `body`, in order.
    ///
    /// An entry is torn where its process was killed while it wrote it; what it was about was not
    /// done then.
    static func read(_ path: String, _ body: (Entry) -> Void) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        data.withUnsafeBytes { bytes in
            var place = 0
            while place + headBytes <= bytes.count {
                guard let (entry, end) = entry(bytes, at: place) else {
                    guard let next = firstMark(bytes, after: place) else { return }
                    place = next
                    continue
                }
                body(entry)
                place = end
            }
        }
    }

    /// The entry at `start` and where it ends; nil where it is torn.
    private static func entry(
        _ bytes: UnsafeRawBufferPointer, at start: Int
    ) -> (Entry, end: Int)? {
        guard isMarked(bytes, at: start) else { return nil }
        let pathBytes = Int(bytes.loadUnaligned(fromByteOffset: start + 12, as: UInt32.self))
        let dataBytes = Int(
            clamping: bytes.loadUnaligned(fromByteOffset: start + 32, as: UInt64.self))
        let (end, overflows) = (start + headBytes + pathBytes).addingReportingOverflow(dataBytes)
        guard !overflows, end <= bytes.count, isEnd(bytes, end) else { return nil }
        let text = bytes[start + headBytes..<start + headBytes + pathBytes]
        guard
            let what = what(
                kind: bytes[start + 8],
                file: bytes.loadUnaligned(fromByteOffset: start + 16, as: UInt64.self),
                at: bytes.loadUnaligned(fromByteOffset: start + 24, as: UInt64.self),
                path: String(decoding: text, as: UTF8.self), rest: bytes[text.endIndex..<end])
        else { preconditionFailure("the journal is read as it is written") }
        return (Entry(position: UInt64(start), what: what), end)
    }

    /// True where another entry begins or none does; it may be torn within its mark.
    private static func isEnd(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Bool {
        (0..<mark.count).contains { torn in
            let next = place + torn
            return next <= bytes.count && bytes[place..<next].elementsEqual(mark.prefix(torn))
                && (next == bytes.count || isMarked(bytes, at: next))
        }
    }

    private static func isMarked(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Bool {
        place + mark.count <= bytes.count
            && bytes[place..<place + mark.count].elementsEqual(mark)
    }

    private static func firstMark(_ bytes: UnsafeRawBufferPointer, after place: Int) -> Int? {
        (place + 1..<bytes.count).first { isMarked(bytes, at: $0) }
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
