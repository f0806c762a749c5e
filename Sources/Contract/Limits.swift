/// Every bound that the host keeps, each with its default.
///
/// The table in docs/limits.md is made from `all`.
package struct Limits: Sendable, Equatable {
    // Accepting

    /// Invocations owed at once; effects may go up to twice as far.
    package var backlogMax = 1_000_000
    /// The data of one event: 1 MiB.
    package var dataBytesMax = 1 << 20
    /// The body of one HTTP request where its trigger says no other bound: 8 MiB.
    package var bodyBytesMax = 8 << 20
    /// One file that is sent into a bucket: 16 GiB.
    package var fileBytesMax = 16 << 30
    /// All bodies inside the host together: 256 MiB.
    package var bodiesBytesMax = 256 << 20
    /// How long an idempotency key and its stored response are remembered.
    package var keysKept = Duration.hours(24)
    /// Events in one call.
    package var batchMax = 1_000
    /// Calls that wait for a slot, for each function; 0 lets none wait.
    package var waitingCallsMax = 1_000
    /// Free space where the store lies: below 512 MiB accepting stops.
    package var freeDiskBytesMin = 512 << 20

    // The store's queue and groups

    /// Changes that wait for the store; past it callers hear 503 and workers are not read.
    package var storeQueueChangesMax = 10_000
    /// The same in bytes: 64 MiB.
    package var storeQueueBytesMax = 64 << 20
    /// Changes in one commit; a batch that reaches it still goes along whole.
    package var groupChangesMax = 1_000
    /// Bytes in one commit: 4 MiB; the change or batch that reaches it still goes along.
    package var groupBytesMax = 4 << 20
    /// How long pruning may take within one commit.
    package var pruneSlice = Duration.milliseconds(5)
    /// The write-ahead log: past 64 MiB it is cut.
    package var walBytesMax = 64 << 20

    // What is kept

    /// How long succeeded and cancelled invocations are kept.
    package var historyKept = Duration.days(7)
    /// The store's file in all, with documents, what is owed, dead letters and stored answers:
    /// while it holds more than 10 GiB the oldest of history go, however young.
    package var historyBytesMax = 10 << 30
    /// How long dead letters are kept.
    package var deadKept = Duration.days(30)
    /// The same in bytes: 1 GiB, of which the oldest go first.
    package var deadBytesMax = 1 << 30

    // Running

    /// Invocations inside one worker at once.
    package var slotsPerWorker = 128
    /// Runs of one invocation in all, charged or not; past it it is dead.
    package var runsMax = 100
    /// Workers beside the pool that run one suspect each.
    package var quarantineWorkersMax = 4
    /// From the start of a worker to its hello; past it it is replaced.
    package var workerStart = Duration.seconds(10)
    /// How long a worker may say nothing at all; past it it is replaced.
    package var workerSilence = Duration.seconds(10)
    /// The memory of one worker: past 1 GiB it is retired, past twice that killed.
    package var workerBytesMax = 1 << 30
    /// Runs of one worker; past it it is retired.
    package var workerRunsMax = 1_000_000
    /// How long a handler may go on after its timeout cancelled it.
    package var grace = Duration.seconds(5)
    /// How long a retired worker may finish what it runs; past it it is killed.
    package var retirement = Duration.seconds(30)
    /// How long a stopping host waits for what runs; past it that is interrupted, uncharged.
    package var drain = Duration.seconds(25)
    /// The body of a response that is kept for an idempotency key: 1 MiB.
    package var storedResponseBytesMax = 1 << 20
    /// All effects of one attempt: 4 MiB.
    package var effectsBytesMax = 4 << 20
    /// One document: 1 MiB.
    package var documentBytesMax = 1 << 20

    /// The defaults; settings change single members.
    package init() {}
}
