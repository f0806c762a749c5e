import Glibc

/// Writes the log that an earlier host left once more, and syncs it, before anything follows it.
///
/// After a sync that failed the system takes for written what never came to the disk. The next host
/// still reads those commits out of memory and appends its own behind them; a power cut then leaves
/// a hole, and SQLite reads a log up to its first hole. The same bytes, written again, are whole on
/// the disk or the start fails.
struct LogRenewal {
    let path: String

    private static let pieceBytes = 1 << 20

    /// Does nothing where there is no log.
    func renew() throws(StoreError) {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return }
            throw error("opened")
        }
        defer { close(file) }
        var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
        var place: off_t = 0
        while true {
            let count = pread(file, &piece, piece.count, place)
            guard count >= 0 else { throw error("read") }
            guard count > 0 else { break }
            guard pwrite(file, piece, count, place) == count else { throw error("written") }
            place += off_t(count)
        }
        guard fsync(file) == 0 else { throw error("synced") }
    }

    private func error(_ done: String) -> StoreError {
        .unusable(
            path: path,
            reason: "the log could not be \(done): \(String(cString: strerror(errno))); "
                + "look at the disk, then start again")
    }
}
