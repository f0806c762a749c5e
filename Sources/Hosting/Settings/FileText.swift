import Glibc

/// Why a file could not be read.
struct FileReadError: Error, CustomStringConvertible {
    let description: String
}

/// The text of a small file, or nil where there is none.
func textOfFile(_ path: String, bytesMax: Int) throws(FileReadError) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
        if errno == ENOENT { return nil }
        throw FileReadError(description: String(cString: strerror(errno)))
    }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
    var count = 0
    while count < bytes.count {
        let got = bytes.withUnsafeMutableBytes {
            read(file, $0.baseAddress! + count, $0.count - count)
        }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw FileReadError(description: String(cString: strerror(errno))) }
        if got == 0 { break }
        count += got
    }
    guard count <= bytesMax else {
        throw FileReadError(description: "found more than \(sizeText(bytesMax)), expected less")
    }
    guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
        throw FileReadError(description: "found bytes that are not UTF-8, expected text")
    }
    return text
}
