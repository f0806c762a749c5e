import Contract
import Dispatch
import GRDB
package import Invocations
import Logging
import Synchronization

/// The store on one SQLite file.
///
/// One thread owns the writing connection and commits in groups; another copies the log into the
/// file; readers have connections of their own. The caller makes sure that no other host opens the
/// same file.
package final class SQLiteStore: Store {
    private let pool: DatabasePool
    private let checkpoints: DatabaseQueue
    private let queue: ChangeQueue
    private let shared = SharedCondition()
    private let checkpointer: Checkpointer
    private let threads: [StoreThread]
    private let isClosed = Mutex(false)
    private let path: String
    /// One wake-up is kept while nobody listens.
    package let wakes: AsyncStream<Void>

    /// Whether it can write, for readiness.
    package var condition: StoreCondition { shared.current }

    /// The changes that wait for it.
    package var waiting: Int { queue.count }

    /// Opens the file at `path`, or makes it; its directory must exist.
    ///
    /// Migrates an older schema, keeping a copy first. Blocks for milliseconds; longer where it
    /// migrates. A file that can't serve throws before anything is changed.
    package convenience init(at path: String, options: StoreOptions = StoreOptions())
        throws(StoreError)
    {
        try self.init(at: path, options: options, migrations: Migration.all)
    }

    init(at path: String, options: StoreOptions, migrations: [Migration]) throws(StoreError) {
        self.path = path
        let (stream, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wakes = stream
        queue = ChangeQueue(options.limits)
        let length = WALLength()
        checkpointer = Checkpointer(length, options, shared)
        let opened = try Opening(path: path, options: options, migrations: migrations).open(length)
        pool = opened.pool
        checkpoints = opened.checkpoints
        let parts = WriterParts(
            pool: pool, writer: try Self.writer(opened.pool, path, options, shared, wake),
            queue: queue,
            checkpointer: checkpointer)
        let checkpointer = checkpointer
        let checkpoints = checkpoints
        threads = [
            StoreThread { parts.run() },
            StoreThread {
                checkpoints.inDatabase { db in checkpointer.run(db) }
            },
        ]
    }

    private static func writer(
        _ pool: DatabasePool, _ path: String, _ options: StoreOptions, _ condition: SharedCondition,
        _ wake: AsyncStream<Void>.Continuation
    ) throws(StoreError) -> Handover<GroupWriter> {
        do {
            return try pool.writeWithoutTransaction { db in
                Handover(try GroupWriter(db, options, condition, wake))
            }
        } catch {
            throw FileCheck(path: path).error(error)
        }
    }

    /// Hands the changes to the store's thread, which answers after the sync.
    package nonisolated(nonsending) func commit(_ changes: [Change]) async -> [Answer] {
        await withUnsafeContinuation { queue.add(Submission(changes, $0)) }
    }

    /// Reads on a connection of its own, while commits go on; throws what SQLite says.
    package nonisolated(nonsending) func read(_ query: Query) async throws -> Page {
        let path = path
        return try await pool.read { db in try Reading(db, path: path).page(query) }
    }

    /// Writes a copy of what is committed to a new file, while serving.
    package nonisolated(nonsending) func backup(to path: String) async throws {
        try await Backup(pool: pool).write(to: path)
    }

    /// Commits what waits, ends the threads and closes the file; blocks until that is done.
    package func close() {
        guard
            isClosed.withLock({ isClosed in
                defer { isClosed = true }
                return !isClosed
            })
        else { return }
        queue.close()
        threads[0].join()
        checkpointer.close()
        threads[1].join()
        // Whoever reads just now ends first. The connection that may write closes last: it copies
        // the log into the file. What can't be closed is closed by the end of the process.
        try? pool.close()
        try? checkpoints.close()
    }

    deinit { close() }
}

/// What the writer's thread works with.
private struct WriterParts: Sendable {
    let pool: DatabasePool
    let writer: Handover<GroupWriter>
    let queue: ChangeQueue
    let checkpointer: Checkpointer

    /// Enters the writing connection once and stays until the store closes.
    func run() {
        pool.writeWithoutTransaction { db in
            // Its statements end with it, before the connection does.
            let writer = writer.take()
            var group: [Place] = []
            while true {
                switch queue.take(into: &group, until: writer.retryAt) {
                case .group: writer.write(group)
                case .nothing: break
                case .closed: return writer.close()
                }
                group.removeAll(keepingCapacity: true)
                writer.retryIfDue()
                checkpointer.afterGroup(db)
            }
        }
    }
}

/// Takes what was made on one thread to another, once.
private final class Handover<Value>: @unchecked Sendable {
    // because the giver lets go of the value before the taker's thread begins.
    private var value: Value?

    init(_ value: Value) { self.value = value }

    func take() -> Value {
        guard let value else { preconditionFailure("a value is taken once") }
        self.value = nil
        return value
    }
}
