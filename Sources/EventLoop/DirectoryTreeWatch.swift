import CUV

/// Watches a directory and all below it, and tells its owner where to look.
///
/// Guaranteed: whatever is closed after writing, moved, linked or removed below the root while
/// the watch stands is told by a fact about its path, or lies within a directory that is told as
/// appeared after that, or is covered by `overflowed` or `unwatched`. Facts come in the order of
/// the kernel's records, may come twice, and are never told for a path that a directory had
/// before it was moved, once the move was told. Symbolic links are neither followed nor told
/// apart from files.
///
/// The owner's part, for a file to be announced once, whole, and never missed:
/// - It takes a fact as a reason to look, with `FileLook`, and decides by what it finds.
/// - After `directoryAppeared` it walks that directory, after `overflowed` all: what was closed
///   before the watch stood has no fact of its own.
/// - A file that a look finds open for writing is not complete. It is looked at again, first
///   after milliseconds and then ever more rarely, for no fact need follow: the writer may have
///   opened it by a name elsewhere, and the kernel tells of a close shortly before the writer
///   stops to count. Where `isOpenForWriting` is nil, a file is complete when it was told as
///   written or moved in and its stamp then rested for a while, or rested for longer without.
/// - `touched` may only renew what it remembers of a file whose size and inode are the same.
/// - A file with several names is told by the one that was opened; those that share its inode are
///   the owner's to know.
/// - What is `unwatched` it polls, and calls `retryUnwatched` now and then. It walks all now and
///   then too: network file systems tell of other hosts' doing nothing, nor does a mount tell of
///   itself.
/// - After `rootLost` it closes this and opens another when the root is there again.
///
/// Nothing here runs on the loop but the telling: the queue is read, directories are opened,
/// watched and listed on the thread pool, one turn at a time, and the kernel's queue holds what
/// comes meanwhile (16,384 records unless set otherwise). Should it overflow, every directory is
/// visited again before `overflowed` is told.
@LoopActor
package final class DirectoryTreeWatch {
    private let turns: WatchTurns
    private let readiness: DescriptorWatch
    private var tell: (@LoopActor ([TreeFact]) -> Void)?
    private var isTurning = false
    private var isLost = false
    private var retries = false
    private var isClosed = false

    /// True from `pause` until `resume`.
    package private(set) var isPaused = false
    /// How many directories are watched.
    package private(set) var watchedCount = 0
    /// How many directories were told as unwatched and still are.
    package private(set) var unwatchedCount = 0
    /// How many facts one call tells at most.
    package nonisolated static let factsMax = WatchTurns.factsMax

    /// Starts to watch the tree below `root`, whose own path may lead through symbolic links.
    ///
    /// - Parameters:
    ///   - ignored: the name of an entry of the root that is left out with all below it.
    ///   - tell: called on the loop with one to `factsMax` facts, never after `close`.
    /// - Throws: where no inotify queue can be had. A root that can't be opened is told as lost.
    package convenience init(
        root: String, ignoring ignored: String, tell: @escaping @LoopActor ([TreeFact]) -> Void
    ) throws(LoopError) {
        try self.init(root: root, ignoring: ignored, queue: InotifyQueue(), tell: tell)
    }

    init(
        root: String, ignoring ignored: String, queue: InotifyQueue,
        tell: @escaping @LoopActor ([TreeFact]) -> Void
    ) throws(LoopError) {
        do throws(LoopError) {
            readiness = try DescriptorWatch(queue.descriptor)
        } catch {
            queue.close()
            throw error
        }
        turns = WatchTurns(root: root, ignoring: ignored, queue: queue)
        self.tell = tell
        turn()
    }

    /// Tells no more until `resume`, but for what is under way; the kernel's queue fills.
    package func pause() { isPaused = true }

    /// Goes on after `pause`.
    package func resume() {
        isPaused = false
        turn()
    }

    /// Tries once more to watch what is unwatched; what succeeds is told as appeared.
    package func retryUnwatched() {
        retries = true
        turn()
    }

    /// Ends the watch at once; it must be called once before the last reference goes.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        tell = nil
        readiness.close()
        if !isTurning { release() }
    }

    private func turn() {
        guard !isTurning, !isPaused, !isLost, !isClosed else { return }
        isTurning = true
        readiness.watch(readable: false, writable: false) { _, _ in }
        let retriesUnwatched = retries
        retries = false
        offLoop { [turns] in
            turns.turn(retriesUnwatched: retriesUnwatched)
        } then: {
            self.turned($0)
        }
    }

    private func turned(_ turn: WatchTurns.Turn) {
        isTurning = false
        guard !isClosed else { return release() }
        watchedCount = turn.watched
        unwatchedCount = turn.unwatched
        isLost = turn.isLost
        if !turn.facts.isEmpty { tell?(turn.facts) }
        goOn(hasMore: turn.hasMore)
    }

    private func goOn(hasMore: Bool) {
        guard !isTurning, !isPaused, !isLost, !isClosed else { return }
        if hasMore || retries { return self.turn() }
        readiness.watch(readable: true, writable: false) { [weak self] _, _ in self?.turn() }
    }

    /// Closing a queue with many watches takes the kernel milliseconds.
    private func release() {
        offLoop { [turns] in
            turns.close()
        } then: {
        }
    }

    isolated deinit { assert(isClosed, "a tree watch is closed before it is dropped") }
}
