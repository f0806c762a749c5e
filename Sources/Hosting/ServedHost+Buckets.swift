import Contract
import Dispatching
import EventLoop
import Foundation
import Glibc
import Intake

/// The buckets that settings declare and triggers watch.
extension ServedHost {
    /// Finds what only the host knows to be wrong with an app and its settings: a function that they
    /// name and the app lacks, a zone that this machine lacks, bodies beyond the limits, a bucket
    /// that no setting declares, a directory that is missing or can't be read.
    ///
    /// - Throws: every mistake at once.
    static func check(
        _ manifest: Manifest, _ settings: Settings, _ applied: AppliedPolicies,
        _ zones: ZoneFiles
    ) throws(HostError) {
        let mistakes =
            applied.mistakes.map(\.description)
            + manifest.schedules.compactMap { schedule in
                schedule.mistake(among: manifest.functions) { try zones.zone($0) }
            } + settings.limits.mistakes(in: manifest.triggers)
            + bucketMistakes(manifest.triggers, settings.buckets)
        guard mistakes.isEmpty else { throw .mistakes(mistakes) }
    }

    private static func bucketMistakes(
        _ triggers: [TriggerDeclaration], _ buckets: [String: String]
    ) -> [String] {
        var mistakes: [String] = []
        for trigger in triggers {
            guard case .file(let bucket, _, _) = trigger.rule, buckets[bucket] == nil else {
                continue
            }
            mistakes.append(
                "a trigger of \"\(trigger.function)\" names "
                    + undeclaredText(bucket, buckets))
        }
        for (bucket, directory) in buckets.sorted(by: { $0.key < $1.key }) {
            if let error = NameRule.bucket.error(for: bucket) { mistakes.append("\(error)") }
            if let flaw = flaw(of: directory) {
                mistakes.append("the directory \"\(directory)\" of bucket \"\(bucket)\" \(flaw)")
            }
        }
        return mistakes
    }

    /// The absolute directories of all buckets, by their names.
    var bucketDirectories: [String: String] {
        settings.buckets.mapValues { URL(fileURLWithPath: $0).path }
    }

    func startBuckets(_ dispatcher: Dispatcher) {
        for (bucket, directory) in bucketDirectories.sorted(by: { $0.key < $1.key }) {
            let watch = BucketWatch(
                bucket: bucket, directory: directory, dispatcher: dispatcher, store: store,
                now: WallClock.now)
            watch.noted = { HostLog.shared.write(.warning, $0, $1) }
            placer?.tell(watch, of: bucket)
            watch.start()
            buckets.append(watch)
        }
    }

    /// Places what an earlier host committed and did not, and removes what none committed.
    func startPlacing(_ dispatcher: Dispatcher) async throws {
        let placer = BucketPlacer(directories: bucketDirectories)
        self.placer = placer
        placer.noted = { HostLog.shared.write(.warning, $0, $1) }
        dispatcher.place = { [weak placer] placements, done in
            LoopActor.assumeIsolated { placer?.place(placements, done: done) }
        }
        dispatcher.discard = { [weak placer] files in
            LoopActor.assumeIsolated { placer?.discard(files) }
        }
        dispatcher.fileMistake = { [directories = bucketDirectories] file in
            guard directories[file.bucket] == nil else { return nil }
            return "a file goes to " + Self.undeclaredText(file.bucket, directories)
        }
        var last: Int64 = 0
        while case .placements(let rows) = try await store.read(
            .placements(after: last, limit: Self.placementsPerPage)), let end = rows.last
        {
            await withCheckedContinuation { done in placer.place(rows) { done.resume() } }
            last = end.number
        }
        for (bucket, directory) in bucketDirectories {
            Self.removeStaged(
                ["upload-", StagedFile.namePrefix], in: directory, sparing: placer.names(in: bucket)
            )
        }
    }

    /// Removes what the handlers of a worker staged that is gone, and no commit names.
    func removeStaged(byWorker pid: Int32) {
        guard let placer, let dispatcher else { return }
        let prefix = StagedFile.namePrefix(ofWorker: pid)
        let places = bucketDirectories.map { bucket, directory in
            (directory, placer.names(in: bucket).union(dispatcher.committing))
        }
        offLoop {
            for (directory, kept) in places {
                Self.removeStaged([prefix], in: directory, sparing: kept)
            }
        } then: {
        }
    }

    private static let placementsPerPage = 1_000

    private nonisolated static func undeclaredText(
        _ bucket: String, _ buckets: [String: String]
    ) -> String {
        let near = nearest(to: bucket, among: buckets.keys.sorted())
        return "bucket \"\(bucket)\", which is not declared"
            + (near.map { "; did you mean \"\($0)\"?" } ?? "; add it to roost.yaml:")
            + " buckets: {\(bucket): {directory: PATH}}"
    }

    /// Removes what a host began to receive, or a handler to write, and nobody places.
    private nonisolated static func removeStaged(
        _ prefixes: [String], in directory: String, sparing kept: Set<String>
    ) {
        let folder = directory + "/" + FileKey.stagingFolder
        // Nothing was staged where the folder is missing; what can't be removed is only in the way.
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where prefixes.contains(where: { name.hasPrefix($0) }) && !kept.contains(name) {
            // The next start tries again.
            try? FileManager.default.removeItem(atPath: folder + "/" + name)
        }
    }

    private static func flaw(of directory: String) -> String? {
        var status = stat()
        guard stat(directory, &status) == 0 else {
            return "can't be found (\(String(cString: strerror(errno)))); make it, or name another"
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            return "is no directory; name one, or move the file away"
        }
        guard access(directory, R_OK | X_OK) == 0 else {
            let mode = String(status.st_mode & 0o777, radix: 8)
            return "can't be read (mode \(mode)); let the host's user read it"
        }
        return nil
    }
}
