import Contract
import Glibc

/// Wakes a thread that waits for it, and lets a waiter give up after a while.
///
/// A pipe, because a wait on it can have an end. Rings that nobody has heard yet count as one.
struct LogBell: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// Lives as long as the process, as its descriptors do.
    init() {
        var ends: [Int32] = [-1, -1]
        precondition(pipe(&ends) == 0, "a process can open a pipe for its log")
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (reading, writing) = (ends[0], ends[1])
    }

    func ring() {
        var byte: UInt8 = 1
        // A full pipe refuses the byte, and has rung already.
        _ = write(writing, &byte, 1)
    }

    /// True when it rang; false when the time was up before. Nil waits without end.
    @discardableResult
    func wait(_ timeout: Duration? = nil) -> Bool {
        let start = ContinuousClock.now
        while true {
            let left = timeout.map { max(.zero, $0 - (ContinuousClock.now - start)) }
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            switch poll(&ready, 1, left.map { Int32(clamping: $0.milliseconds) } ?? -1) {
            case 0: return false
            case 1...:
                hear()
                return true
            default: precondition(errno == EINTR, "a wait fails for a signal only")
            }
        }
    }

    private func hear() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(reading, &bytes, bytes.count) == bytes.count {}
    }

    func close() {
        Glibc.close(reading)
        Glibc.close(writing)
    }
}
