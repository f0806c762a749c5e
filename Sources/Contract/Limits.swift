/// Every bound that the host keeps, each with its default.
///
/// The table in docs/limits.md is made from `all`.
package struct Limits: Sendable, Equatable {
    // Accepting
    package var backlogMax = 1_000_000
    package var dataBytesMax = 1 << 20
    package var bodyBytesMax = 8 << 20
    package var fileBytesMax = 16 << 30
    package var bodiesBytesMax = 256 << 20
    package var keyBytesMax = 255
    package var keysKept = Duration.hours(24)
    package var batchMax = 1_000
    package var waitingCallsMax = 1_000
    package var freeDiskBytesMin = 512 << 20

    // The store's queue and groups
    package var storeQueueChangesMax = 10_000
    package var storeQueueBytesMax = 64 << 20
    package var groupChangesMax = 1_000
    package var groupBytesMax = 4 << 20
    package var pruneSlice = Duration.milliseconds(5)
    package var walBytesMax = 64 << 20

    // What is kept
    package var historyKept = Duration.days(7)
    package var historyBytesMax = 10 << 30
    package var deadKept = Duration.days(30)
    package var deadBytesMax = 1 << 30

    // Running
    package var slotsPerWorker = 128
    package var runsMax = 100
    package var quarantineWorkersMax = 4
    package var workerStart = Duration.seconds(10)
    package var workerSilence = Duration.seconds(10)
    package var workerBytesMax = 1 << 30
    package var workerRunsMax = 1_000_000
    package var grace = Duration.seconds(5)
    package var retirement = Duration.seconds(30)
    package var drain = Duration.seconds(25)
    package var storedResponseBytesMax = 1 << 20
    package var effectsBytesMax = 4 << 20
    package var documentBytesMax = 1 << 20

    package init() {}
}
