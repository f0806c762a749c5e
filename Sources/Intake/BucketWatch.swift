package import Contract
package import Dispatching
package import EventLoop
package import Invocations

/// Watches one bucket and announces each file once, when it is complete.
///
/// A fact of the tree is a reason to look at a path; what a look finds is announced, and the store
/// knows what it was told before. A file that somebody writes is looked at again until nobody
/// does, however the writer ends. What no fact tells, a sweep finds: at the start, after a loss,
/// and from time to time.
@LoopActor
package final class BucketWatch {
    let bucket: String
    let directory: String
    private let dispatcher: Dispatcher
    let store: any Store
    private let now: @Sendable () -> Instant
    private var tree: DirectoryTreeWatch?
    private let timer = LoopTimer()
    var line = LookLine()
    var sweeps: [String] = []
    var isSweeping = false
    /// A sweep failed: all is swept again before long.
    private var sweepsAgain = false
    private var isLooking = false
    /// What was found and is on its way to the store.
    private var announcing = 0
    var isClosed = false
    private var lostAt: UInt64?
    var pace = SweepPace(at: LoopActor.uptimeNanoseconds)
    private var saidOddNames = false
    /// Every placement up to it is done.
    private var placedThrough: Int64 = 0
    /// Told of what somebody should look at.
    package var noted: @LoopActor (_ message: String, _ fields: [String: String]) -> Void = {
        _, _ in
    }

    private static let looksPerTurn = 256
    /// Turns on their way to the store while the next one looks.
    private static let announcingMax = 2
    static let filesPerPage = 1_000
    /// Directories that wait for a sweep of their own.
    static let sweepsMax = 1_000
    private static let tick = Duration.milliseconds(100)
    private static let reopenNanoseconds: UInt64 = 5_000_000_000

    /// Starts to watch `directory`, which exists, for `bucket`.
    package init(
        bucket: String, directory: String, dispatcher: Dispatcher, store: any Store,
        now: @escaping @Sendable () -> Instant
    ) {
        self.bucket = bucket
        self.directory = directory
        self.dispatcher = dispatcher
        self.store = store
        self.now = now
    }

    /// Opens the watch; the first sweep follows.
    package func start() {
        open()
        timer.schedule(after: Self.tick, repeating: true) { [weak self] in self?.ticked() }
    }

    /// Ends it; it must be called before the last reference goes. A second call does nothing.
    package func close() {
        isClosed = true
        timer.close()
        tree?.close()
        tree = nil
    }

    private func open() {
        lostAt = nil
        do throws(LoopError) {
            tree = try DirectoryTreeWatch(root: directory, ignoring: FileKey.stagingFolder) {
                [weak self] facts in
                self?.told(facts)
            }
        } catch {
            lose("\(error)")
        }
    }

    private func lose(_ why: String) {
        tree?.close()
        tree = nil
        lostAt = LoopActor.uptimeNanoseconds
        noted("bucket can't be watched; it is tried again", ["bucket": bucket, "reason": why])
    }

    private func told(_ facts: [TreeFact]) {
        for fact in facts { told(fact) }
        if line.isFull { tree?.pause() }
        look()
    }

    private func told(_ fact: TreeFact) {
        switch fact {
        case .written(let path), .movedIn(let path), .appeared(let path), .movedAway(let path),
            .deleted(let path):
            add(path)
        case .touched(let path): add(path, isTouched: true)
        case .directoryAppeared(let path), .directoryWent(let path): sweep(path)
        case .overflowed: sweep("")
        case .unwatched(let path, let error):
            noted(
                "directory can't be watched; it is looked at from time to time",
                ["bucket": bucket, "directory": path, "reason": "\(error)"])
        case .unreadableNames(let directory, let count, let example):
            guard !saidOddNames else { return }
            saidOddNames = true
            noted(
                "names that are no UTF-8 are left alone",
                [
                    "bucket": bucket, "directory": directory, "count": "\(count)",
                    "example": example,
                ])
        case .rootLost(let loss): lose("\(loss)")
        }
    }

    private func ticked() {
        let now = LoopActor.uptimeNanoseconds
        if let lostAt, now - lostAt > Self.reopenNanoseconds { open() }
        let isIncomplete = sweepsAgain || (tree?.unwatchedCount ?? 0) > 0
        if pace.isDue(at: now, isIncomplete: isIncomplete) {
            pace.began(at: now)
            sweepsAgain = false
            tree?.retryUnwatched()
            sweep("")
        }
        look()
    }

    /// A sweep did not come to its end.
    func sweepAgain() { sweepsAgain = true }

    /// Says that handlers' files are at these keys now, or gone from them.
    func placed(_ keys: [String], through number: Int64) {
        placedThrough = max(placedThrough, number)
        for key in keys { add(key) }
        look()
    }

    // MARK: looking

    private func add(_ path: String, isTouched: Bool = false) {
        guard FileKey.isAnnounced(path) else { return }
        line.add(path, isTouched: isTouched)
    }

    func look() {
        guard !isLooking, announcing < Self.announcingMax, !isClosed else { return }
        let paths = line.due(at: LoopActor.uptimeNanoseconds, max: Self.looksPerTurn)
        guard !paths.isEmpty else { return }
        isLooking = true
        Task { [weak self] in await self?.look(at: paths) }
    }

    /// One turn looks at a time, so that what is found is announced in the order of the looks.
    private func look(at paths: [LookLine.Entry]) async {
        let placedThrough = placedThrough
        var files: [Announcing.Found] = []
        do throws(LoopError) {
            let looks = try await FileLook.look(at: paths.map(\.path), below: directory)
            files = complete(zip(paths, looks).map { ($0, $1) })
        } catch {
            for entry in paths { line.again(entry, at: LoopActor.uptimeNanoseconds) }
        }
        isLooking = false
        announcing += 1
        look()
        await announce(files, placedThrough)
        announcing -= 1
        if tree?.isPaused == true, !line.isFull { tree?.resume() }
        look()
    }

    /// What can be announced; what is unfinished is looked at again.
    private func complete(_ looks: [(LookLine.Entry, FileLook)]) -> [Announcing.Found] {
        var files: [Announcing.Found] = []
        let instant = LoopActor.uptimeNanoseconds
        for (entry, look) in looks {
            switch look {
            case .file(let stamp, let isOpen):
                if isComplete(stamp, isOpen) {
                    files.append(
                        .init(key: entry.path, mark: FileMark(stamp), isTouched: entry.isTouched))
                } else {
                    line.again(entry, at: instant)
                }
            case .gone: files.append(.init(key: entry.path, mark: nil))
            case .notRegular, .leadsOut: break
            case .refused: line.again(entry, at: instant)
            }
        }
        return files
    }

    /// Where nobody can tell whether it is being written, it has to rest.
    private func isComplete(_ stamp: FileStamp, _ isOpen: Bool?) -> Bool {
        if let isOpen { return !isOpen }
        let age = now().milliseconds - stamp.changedNanoseconds / 1_000_000
        return age > Self.restMilliseconds
    }

    private static let restMilliseconds: Int64 = 2_000

    private func announce(_ files: [Announcing.Found], _ placedThrough: Int64) async {
        guard !files.isEmpty else { return }
        let announcing = Announcing(
            bucket: bucket, files: files, origin: Origin(now: now()), placedThrough: placedThrough)
        let answer = await withCheckedContinuation { continuation in
            dispatcher.announce(announcing) { continuation.resume(returning: $0) }
        }
        guard case .refused(let refusal) = answer else { return }
        noted("files could not be recorded", ["bucket": bucket, "reason": "\(refusal)"])
        for file in files {
            line.again(
                LookLine.Entry(path: file.key, isTouched: file.isTouched, looks: 10),
                at: LoopActor.uptimeNanoseconds)
        }
    }
}

extension FileMark {
    init(_ stamp: FileStamp) {
        self.init(
            size: stamp.size, modifiedNanoseconds: stamp.modifiedNanoseconds, inode: stamp.inode)
    }
}
