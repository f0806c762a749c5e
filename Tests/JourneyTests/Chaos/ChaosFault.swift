/// What is done to a host that works.
enum ChaosFault: String, CaseIterable {
    case hostKilled = "host killed"
    case workerKilled = "worker killed"
    case workerPaused = "worker paused beyond every deadline"
    case hostPaused = "host paused"
    case diskFull = "disk full"
    case storeTakenAway = "store's directory taken away"
    case writeFailed = "write failed"
    case powerCut = "power cut"
    case nameUnsynced = "killed at a directory's sync, power cut"
    case syncFailed = "sync failed, then power cut"

    /// So many faults, each kind once before any comes again.
    static func plan(_ count: Int, _ chance: inout SeededChance) -> [ChaosFault] {
        var plan: [ChaosFault] = []
        while plan.count < count {
            var round = allCases
            while !round.isEmpty {
                plan.append(round.remove(at: Int(chance.next() % UInt64(round.count))))
            }
        }
        return Array(plan.prefix(count))
    }
}

/// How often a fault was done, and how often it is known to have struck.
struct Strikes: Equatable {
    var done = 0
    var struck = 0
}
