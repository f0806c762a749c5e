import Dispatch
import GRDB
import GRDBSQLite
import Logging
import Synchronization

/// Copies the write-ahead log into the file, on a connection and a thread of its own.
///
/// A pass takes what was committed when it began, while the writer goes on appending. The log can
/// begin anew only at a moment when all of it is copied, which under load never comes by itself. So
/// after a pass or two only little is left, and the writer copies that between two groups; its next
/// commit then begins the log anew. Nobody ever waits for a reader: one that reads long lets the
/// log grow until it ends.
final class Checkpointer: Sendable {
    private struct State {
        var isAsked = false
        var isClosed = false
        /// Only a little is left, which is the writer's to copy.
        var isLastBitLeft = false
        /// The writer waits for the end of a pass.
        var isAwaited = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let passed = DispatchSemaphore(value: 0)
    private let length: WALLength
    private let condition: SharedCondition
    private let logger: Logger
    /// A log longer than this is copied.
    private let pagesStart: Int
    /// While it is longer than this, the writer waits for the copy.
    private let pagesMax: Int

    /// What the writer copies itself: a few milliseconds.
    private static let lastBitPages = 512
    private static let passesMax = 8

    init(_ length: WALLength, _ options: StoreOptions, _ condition: SharedCondition) {
        self.length = length
        self.condition = condition
        logger = options.logger
        let pages = options.limits.walBytesMax / WALLength.pageBytes
        pagesStart = max(pages / 4, 16)
        pagesMax = max(pages * 3 / 4, 32)
    }

    // MARK: on the writer's thread

    /// Called between two groups: asks for a pass where the log is long, and does its last bit.
    func afterGroup(_ db: Database) {
        guard length.current >= pagesStart else { return }
        let (asks, waits) = state.withLock { state -> (Bool, Bool) in
            defer { state.isAsked = true }
            state.isAwaited = length.current >= pagesMax && !state.isLastBitLeft
            return (!state.isAsked, state.isAwaited)
        }
        if asks { wakeUp.signal() }
        if waits { passed.wait() }
        guard state.withLock({ $0.isLastBitLeft }) else { return }
        _ = pass(db)
        state.withLock { state in
            state.isLastBitLeft = false
            state.isAsked = false
        }
    }

    /// Ends `run`.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
    }

    // MARK: on the checkpointer's thread

    /// Copies whenever it is asked to, until it is closed.
    func run(_ db: Database) {
        while true {
            wakeUp.wait()
            guard !state.withLock({ $0.isClosed }) else { return }
            copyMost(db)
            let isAwaited = state.withLock { state in
                state.isLastBitLeft = true
                defer { state.isAwaited = false }
                return state.isAwaited
            }
            if isAwaited { passed.signal() }
        }
    }

    private func copyMost(_ db: Database) {
        for _ in 0..<Self.passesMax {
            guard let left = pass(db), left > Self.lastBitPages else { return }
        }
    }

    /// One pass; how many pages are left, or nil where it could not be done.
    private func pass(_ db: Database) -> Int? {
        var logged: Int32 = 0
        var copied: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            db.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, &logged, &copied)
        guard code == SQLITE_OK else {
            failed(StoreFailure(of: db.sqliteConnection))
            return nil
        }
        return Int(logged - copied)
    }

    private func failed(_ failure: StoreFailure) {
        switch failure.meaning {
        case .busy, .full, .wrong:
            logger.warning("the log could not be copied for now", metadata: ["error": "\(failure)"])
        case .broken:
            // A failed sync is never tried again: what it lost would then be taken for copied.
            if condition.set(
                .broken("a checkpoint failed: \(failure); restart the host once the disk is well"))
            {
                logger.critical(
                    "a checkpoint failed: the store writes no more",
                    metadata: ["error": "\(failure)"])
            }
        }
    }
}
