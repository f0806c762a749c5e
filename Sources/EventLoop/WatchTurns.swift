import Glibc
import Synchronization

/// Reads an inotify queue and does what its plan asks for, turn by turn, off the loop.
///
/// One turn runs at a time, so a watch is entered in the plan before any record of it is read:
/// the lock is there for the compiler, nobody ever waits at it.
final class WatchTurns: Sendable {
    /// What one turn came to.
    struct Turn: Sendable {
        let facts: [TreeFact]
        let watched: Int
        let unwatched: Int
        /// There is more to do than to wait for the queue.
        let hasMore: Bool
        let isLost: Bool
    }

    private struct State: Sendable {
        var plan: WatchPlan
        var rootIdentity: OpenDirectory.Identity?
    }

    private let root: String
    private let queue: InotifyQueue
    private let state: Mutex<State>

    /// What one turn reads; some 2,000 records.
    static let readBytesMax = 64 * 1024
    /// How many directories one turn visits or watches it ends, at most.
    static let requestsMax = 256
    /// A turn tells no more facts than this: one for each of the shortest records, two for each
    /// visit, and one where the root goes.
    static let factsMax = readBytesMax / InotifyRecord.headBytes + 2 * requestsMax + 1

    init(root: String, ignoring ignored: String, queue: InotifyQueue) {
        self.root = root
        self.queue = queue
        state = Mutex(State(plan: WatchPlan(ignoring: ignored)))
    }

    /// Reads one buffer and does some of what is to be done.
    func turn(retriesUnwatched: Bool) -> Turn {
        state.withLock { state in
            readQueue(&state.plan)
            if retriesUnwatched { state.plan.retryUnwatched() }
            work(&state)
            let facts = state.plan.takeFacts()
            let tree = state.plan.tree
            return Turn(
                facts: facts, watched: tree.watchedCount, unwatched: tree.unwatched.count,
                hasMore: state.plan.hasMore, isLost: state.plan.isLost)
        }
    }

    /// Ends it all; no turn may follow.
    func close() { queue.close() }

    private func readQueue(_ plan: inout WatchPlan) {
        withUnsafeTemporaryAllocation(
            byteCount: Self.readBytesMax, alignment: MemoryLayout<UInt32>.alignment
        ) { buffer in
            let (records, isWhole) = InotifyRecord.all(in: queue.read(into: buffer))
            for record in records { plan.happened(record) }
            if !isWhole { plan.overflowed() }
        }
    }

    private func work(_ state: inout State) {
        guard state.plan.hasMore else { return }
        var requests = 0
        do throws(SystemRefusal) {
            let directory = try OpenDirectory(root: root)
            let identity = directory.identity
            state.rootIdentity = state.rootIdentity ?? identity
            guard identity == state.rootIdentity else { return state.plan.lose(.replaced) }
            while requests < Self.requestsMax, let request = state.plan.next() {
                requests += 1
                perform(request, below: directory, &state.plan)
            }
        } catch {
            state.plan.lose(.refused(.opening(root, error.code)))
        }
    }

    private func perform(
        _ request: WatchPlan.Request, below root: borrowing OpenDirectory, _ plan: inout WatchPlan
    ) {
        switch request {
        case .nothing: break
        case .endWatch(let watch): queue.endWatch(watch)
        case .visit(let visit):
            do throws(SystemRefusal) {
                plan.saw(try look(at: visit, below: root), at: visit)
            } catch {
                let sight: WatchPlan.Sight =
                    error.isAbsence ? .vanished : .refused(.opening(visit.path, error.code))
                plan.saw(sight, at: visit)
            }
        }
    }

    /// Watches first and lists then: what comes in between is both listed and recorded.
    private func look(
        at visit: WatchPlan.Visit, below root: borrowing OpenDirectory
    ) throws(SystemRefusal) -> WatchPlan.Sight {
        let directory = try root.directory(at: visit.path)
        let watch: Int32
        do throws(SystemRefusal) {
            watch = try queue.watch(directory, isRoot: visit.id == WatchedTree.root)
        } catch {
            return .refused(.watching(visit.path, error.code))
        }
        if watch == visit.known { return .unchanged }
        var listing = DirectoryListing(directory)
        var subdirectories: [[UInt8]] = []
        while let entry = try listing.next() {
            if entry.kind == .directory { subdirectories.append(entry.name) }
        }
        return .directory(descriptor: watch, subdirectories: subdirectories)
    }
}
