import Contract
import EventLoop
import Glibc

/// The bytes of a file, one after the other or in pieces.
public struct FileBytes: AsyncSequence, Sendable {
    /// One byte at a time.
    public typealias Element = UInt8

    enum Source: Sendable {
        case memory([UInt8])
        case disk(path: String, FileMark)
        case nothing(String)
    }

    let source: Source
    let name: String

    /// The same in pieces of at most 64 KiB.
    public var pieces: Pieces { Pieces(source: source, name: name) }

    public func makeAsyncIterator() -> Iterator { Iterator(pieces: pieces.makeAsyncIterator()) }

    /// Goes through the bytes of each piece.
    public struct Iterator: AsyncIteratorProtocol {
        var pieces: Pieces.Iterator
        private var piece: [UInt8] = []
        private var place = 0

        init(pieces: Pieces.Iterator) { self.pieces = pieces }

        public mutating func next() async throws -> UInt8? {
            while place == piece.count {
                guard let next = try await pieces.next() else { return nil }
                piece = next
                place = 0
            }
            defer { place += 1 }
            return piece[place]
        }
    }

    /// A file in pieces.
    public struct Pieces: AsyncSequence, Sendable {
        /// A piece, never empty.
        public typealias Element = [UInt8]

        let source: Source
        let name: String

        public func makeAsyncIterator() -> Iterator { Iterator(source: source, name: name) }

        /// Opens the file with the first piece and closes it after the last.
        public struct Iterator: AsyncIteratorProtocol {
            private let source: Source
            private let name: String
            private var file: OpenFile?
            private var isDone = false

            init(source: Source, name: String) {
                self.source = source
                self.name = name
            }

            public mutating func next() async throws -> [UInt8]? {
                guard !isDone else { return nil }
                switch source {
                case .memory(let bytes):
                    isDone = true
                    return bytes.isEmpty ? nil : bytes
                case .nothing(let why): throw FileChanged(file: name, how: why)
                case .disk(let path, let mark):
                    try Task.checkCancellation()
                    if file == nil { file = try OpenFile(path, mark, name: name) }
                    if let piece = try file?.read() { return piece }
                    isDone = true
                    file = nil
                    return nil
                }
            }
        }
    }
}

/// An open file that has to stay the one of its event.
private final class OpenFile {
    private let descriptor: Int32
    private let mark: FileMark
    private let name: String

    private static let pieceBytes = 64 * 1024

    init(_ path: String, _ mark: FileMark, name: String) throws(FileChanged) {
        self.mark = mark
        self.name = name
        descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            throw FileChanged(file: name, how: String(cString: strerror(errno)))
        }
        try check()
    }

    /// The next piece, or nil at the end.
    func read() throws(FileChanged) -> [UInt8]? {
        var count = 0
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, filled in
            count = Glibc.read(descriptor, buffer.baseAddress, Self.pieceBytes)
            filled = max(0, count)
        }
        if count < 0 { throw FileChanged(file: name, how: String(cString: strerror(errno))) }
        try check()
        return count == 0 ? nil : piece
    }

    private func check() throws(FileChanged) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw FileChanged(file: name, how: String(cString: strerror(errno)))
        }
        let modified = FileStamp.nanoseconds(
            seconds: Int64(status.st_mtim.tv_sec), nanoseconds: Int64(status.st_mtim.tv_nsec))
        guard Int64(status.st_size) == mark.size, modified == mark.modifiedNanoseconds,
            UInt64(status.st_ino) == mark.inode
        else {
            throw FileChanged(file: name, how: "it changed since it was announced")
        }
    }

    deinit { close(descriptor) }
}
