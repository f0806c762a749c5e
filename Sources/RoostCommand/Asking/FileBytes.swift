import Glibc

/// What the system refused about a file.
struct FileError: Error, CustomStringConvertible {
    let code: Int32

    var description: String { String(cString: strerror(code)) }
}

/// Whole files and standard input as bytes.
enum FileBytes {
    /// More than any request can hold.
    static let bytesMax = 64 << 20

    static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(code: errno) }
        defer { close(descriptor) }
        return try read(from: descriptor)
    }

    static func readStandardInput() throws(FileError) -> [UInt8] { try read(from: STDIN_FILENO) }

    private static func read(from descriptor: Int32) throws(FileError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(code: errno) }
            guard count > 0 else { return bytes }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= bytesMax else { throw FileError(code: EFBIG) }
        }
    }
}
