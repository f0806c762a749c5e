/// Why a change could not be applied.
package enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// More is owed than the bound of the backlog.
    case backlogFull(max: Int)
    /// Somebody else holds the invocation by now, or nobody.
    case leaseLost
    /// These documents have other versions than were read.
    case conflicted(paths: [String])
    /// A call with this key was concluded before.
    case answered(StoredResponse)
    case versionMismatch(path: String, found: Int64)
    /// What a merge met was not what it needs.
    case unmergeable(path: String, reason: String)
    case unknownInvocation
    case unknownSchedule(String)
    /// The app declares it, so that only its code can change it.
    case isDeclared(schedule: String)
    /// Somebody else decided planned instants of the schedule meanwhile, or paused it.
    case firedMeanwhile(schedule: String)
    /// It is running: whoever runs it has to be told.
    case isRunning(Held)
    /// It ended as `state`, where another state is needed.
    case isFinished(InvocationState)
    /// The disk is full; what was asked may be asked again.
    case diskFull
    /// Another program holds the lock of the store's file; what was asked may be asked again.
    case storeLocked
    /// The store can't write any more; the text says why.
    case broken(String)
    /// More waits for the store than it takes.
    case overloaded

    package var description: String {
        switch self {
        case .backlogFull(let max): "backlog full: \(max) invocations are owed, which is the most"
        case .leaseLost: "the lease was lost"
        case .conflicted(let paths): "changed meanwhile: \(paths.joined(separator: ", "))"
        case .answered: "a call with this key was answered before"
        case .versionMismatch(let path, let found): "\"\(path)\" has version \(found)"
        case .unmergeable(let path, let reason): "could not merge into \"\(path)\": \(reason)"
        case .unknownInvocation: "no such invocation"
        case .unknownSchedule(let name): "there is no schedule \"\(name)\""
        case .isDeclared(let name):
            "the app declares the schedule \"\(name)\"; change it in its Schedules/, or pause it"
        case .firedMeanwhile(let name): "the schedule \"\(name)\" fired meanwhile"
        case .isRunning: "the invocation is running"
        case .isFinished(let state): "the invocation is \(state.name)"
        case .diskFull: "the disk is full"
        case .storeLocked: "another program holds the lock of the store's file"
        case .broken(let why): "the store can't write: \(why)"
        case .overloaded: "the store has more waiting than it takes"
        }
    }
}
