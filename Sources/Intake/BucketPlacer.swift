package import Contract
package import EventLoop
package import Invocations

/// Gives files that handlers committed their names, in the order of their commits, off the loop.
///
/// One batch is under way at a time; what is committed meanwhile is the next. A file that can't be
/// placed, such as one whose key is a directory by now, is tried again each second, and whatever is
/// committed for its key waits behind it; its row in the store stays, so nothing of it is lost.
@LoopActor
package final class BucketPlacer {
    private let directories: [String: String]
    private var watches: [String: BucketWatch] = [:]
    private var waiting: [Placement] = []
    private var finished: [() -> Void] = []
    private var underWay: [Placement] = []
    private var failed: [Placement] = []
    /// By bucket: the last placement that was tried.
    private var tried: [String: Int64] = [:]
    private var isBusy = false
    private var isClosed = false
    private let timer = LoopTimer()
    /// Told of what somebody should look at.
    package var noted: @LoopActor (_ message: String, _ fields: [String: String]) -> Void = {
        _, _ in
    }

    private static let retryDelay = Duration.seconds(1)

    /// - Parameter directories: those of the buckets, by their names.
    package init(directories: [String: String]) { self.directories = directories }

    /// Ends it; it must be called once before the last reference goes.
    package func close() {
        isClosed = true
        timer.close()
    }

    /// Lets a bucket's watch look at what is placed.
    package func tell(_ watch: BucketWatch, of bucket: String) {
        watches[bucket] = watch
        watch.placed([], through: through(bucket))
    }

    /// Places files, then calls `done`, also where some have to be tried again.
    package func place(_ placements: [Placement], done: @escaping () -> Void) {
        waiting += placements
        finished.append(done)
        goOn()
    }

    /// Removes staged files that nobody commits; what can't be removed goes at the next start.
    package func discard(_ files: [StagedFile]) {
        let places = files.compactMap { file in
            directories[file.bucket].map { ($0, "\(FileKey.stagingFolder)/\(file.name)") }
        }
        offLoop {
            // What can't be removed is removed at the next start.
            for (root, path) in places { _ = try? TreeFile.remove(path, below: root) }
        } then: {
        }
    }

    /// The names of staged files of a bucket that are still to be placed.
    package func names(in bucket: String) -> Set<String> {
        Set((failed + underWay + waiting).lazy.filter { $0.file.bucket == bucket }.map(\.file.name))
    }

    private func goOn() {
        guard !isBusy, !isClosed, !(waiting.isEmpty && finished.isEmpty) else { return }
        isBusy = true
        let (batch, done) = (waiting, finished)
        (underWay, waiting, finished) = (batch, [], [])
        let blocked = Set(failed.map(\.file.place))
        let directories = directories
        offLoop {
            Self.place(batch, in: directories, blocked)
        } then: { [self] failures in
            isBusy = false
            underWay = []
            placed(batch, failures)
            for done in done { done() }
            goOn()
        }
    }

    private func placed(_ batch: [Placement], _ failures: [Int64: String]) {
        for placement in batch where failures[placement.number] != nil {
            failed.append(placement)
            noted(
                "a handler's file can't be placed; it is tried again",
                [
                    "bucket": placement.file.bucket, "key": placement.file.key,
                    "reason": failures[placement.number] ?? "",
                ])
        }
        for placement in batch { tried[placement.file.bucket] = placement.number }
        tell(of: batch)
        if !failed.isEmpty { retryLater() }
    }

    private func tell(of batch: [Placement]) {
        for (bucket, placements) in Dictionary(grouping: batch, by: \.file.bucket) {
            watches[bucket]?.placed(placements.map(\.file.key), through: through(bucket))
        }
    }

    /// Up to which number all of a bucket's placements are done.
    private func through(_ bucket: String) -> Int64 {
        let first = failed.lazy.filter { $0.file.bucket == bucket }.map(\.number).min()
        return first.map { $0 - 1 } ?? tried[bucket] ?? 0
    }

    private func retryLater() {
        guard !isClosed else { return }
        timer.schedule(after: Self.retryDelay) { [weak self] in self?.retry() }
    }

    private func retry() {
        guard !isClosed, !isBusy else { return retryLater() }
        isBusy = true
        let batch = failed
        let directories = directories
        offLoop {
            Self.place(batch, in: directories, [])
        } then: { [self] failures in
            isBusy = false
            failed = batch.filter { failures[$0.number] != nil }
            tell(of: batch.filter { failures[$0.number] == nil })
            if !failed.isEmpty { retryLater() }
            goOn()
        }
    }

    /// A key of a bucket.
    fileprivate struct Place: Hashable {
        let bucket: String
        let key: [UInt8]
    }

    /// Why those that could not be placed could not, by their numbers.
    private nonisolated static func place(
        _ batch: [Placement], in directories: [String: String], _ blocked: Set<Place>
    ) -> [Int64: String] {
        var blocked = blocked
        var failures: [Int64: String] = [:]
        for placement in batch {
            let place = placement.file.place
            if blocked.contains(place) {
                failures[placement.number] = "an earlier file of its key waits"
            } else if let root = directories[placement.file.bucket] {
                do throws(LoopError) {
                    try Self.place(placement.file, below: root)
                } catch {
                    blocked.insert(place)
                    failures[placement.number] = "\(error)"
                }
            } else {
                failures[placement.number] = "its bucket is not declared in roost.yaml"
            }
        }
        return failures
    }

    /// A staged file that is gone was placed before, and whoever did so may have died, or failed,
    /// before the name was synced.
    private nonisolated static func place(
        _ file: StagedFile, below root: String
    ) throws(LoopError) {
        let folder = FileKey.stagingFolder
        guard try TreeFile.hasStaged(file.name, in: folder, below: root) else {
            return try TreeFile.syncName(of: file.key, below: root)
        }
        if file.mark != nil {
            _ = try TreeFile.place(staged: file.name, in: folder, as: file.key, below: root)
        } else {
            _ = try TreeFile.remove(file.key, below: root)
            _ = try TreeFile.remove("\(folder)/\(file.name)", below: root)
        }
    }
}

extension StagedFile {
    fileprivate var place: BucketPlacer.Place {
        BucketPlacer.Place(bucket: bucket, key: Array(key.utf8))
    }
}
