import Glibc

/// A descriptor that lines go to, as text when it is a terminal and as JSON else.
struct LogOutput: Sendable {
    let descriptor: Int32
    let isTerminal: Bool

    init(descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
    }

    /// Writes lines, waiting as long as the reader needs; false when nobody reads any more.
    func write(_ lines: [LogLine]) -> Bool {
        var bytes: [UInt8] = []
        for line in lines {
            if isTerminal { line.appendText(to: &bytes) } else { line.appendJSON(to: &bytes) }
            if bytes.count >= Self.chunkBytes {
                guard write(bytes) else { return false }
                bytes.removeAll(keepingCapacity: true)
            }
        }
        return write(bytes)
    }

    private static let chunkBytes = 64 << 10

    private func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var place = 0
            while place < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + place, bytes.count - place)
                if count >= 0 {
                    place += count
                } else if errno == EAGAIN {
                    // Whoever shares the descriptor may have made it non-blocking.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, -1)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }
}
