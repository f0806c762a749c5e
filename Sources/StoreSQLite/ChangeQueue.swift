import Contract
import Dispatch
import Invocations
import Synchronization

/// What waits for the store thread: bounded for what comes from outside, never for outcomes.
final class ChangeQueue: Sendable {
    private struct State {
        /// Nil where all was taken.
        var waiting: [Submission?] = []
        /// The first of `waiting` of which not all was taken, and its next change.
        var first = 0
        var next = 0
        var changes = 0
        var bytes = 0
        var isAsleep = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let limits: Limits

    init(_ limits: Limits) { self.limits = limits }

    /// The changes that wait.
    var count: Int { state.withLock { $0.changes } }

    /// Puts `submission` in line, or answers it at once.
    func add(_ submission: Submission) {
        var bytes = submission.changes.reduce(0) { $0 + $1.bytes }
        let next = state.withLock { state -> Next in
            if state.isClosed {
                submission.refuse(.broken("the store is closed")) { _ in true }
            } else if state.changes + submission.changes.count > limits.storeQueueChangesMax
                || state.bytes + bytes > limits.storeQueueBytesMax
            {
                submission.refuse(.overloaded) { $0.isRefusedUnderLoad }
                bytes = submission.changes.reduce(0) { $0 + $1.bytes }
            }
            if submission.open == 0 { return .answer }
            state.waiting.append(submission)
            state.changes += submission.changes.count
            state.bytes += bytes
            defer { state.isAsleep = false }
            return state.isAsleep ? .wake : .nothing
        }
        // From here on a submission in line is the store thread's.
        switch next {
        case .answer: submission.resumeIfDone()
        case .wake: wakeUp.signal()
        case .nothing: break
        }
    }

    private enum Next {
        case answer, wake, nothing
    }

    /// No more is taken; what waits is still worked off.
    func close() {
        let wakes = state.withLock { state in
            state.isClosed = true
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if wakes { wakeUp.signal() }
    }

    enum Taken {
        case group
        case nothing
        case closed
    }

    /// Fills `group` with what comes next, waiting until `deadline` for something to come.
    func take(into group: inout [Place], until deadline: DispatchTime?) -> Taken {
        while true {
            let taken = state.withLock { state -> Taken? in
                fill(&group, &state)
                if !group.isEmpty { return .group }
                if state.isClosed { return .closed }
                state.isAsleep = true
                return nil
            }
            if let taken { return taken }
            let result = deadline.map { wakeUp.wait(timeout: $0) }
            if result == nil { wakeUp.wait() }
            if result == .timedOut {
                // Somebody may signal just now; the next wait then returns at once, to no harm.
                state.withLock { $0.isAsleep = false }
                return .nothing
            }
            if deadline != nil { return .nothing }
        }
    }

    /// Takes changes until the group is full; a batch that fills it goes along whole.
    private func fill(_ group: inout [Place], _ state: inout State) {
        var bytes = 0
        var isFull = false
        while !isFull, state.first < state.waiting.count,
            let submission = state.waiting[state.first]
        {
            while state.next < submission.changes.count {
                if isFull, !submission.changes[state.next].continuesBatch { break }
                let weight = submission.changes[state.next].bytes
                bytes += weight
                state.bytes -= weight
                state.changes -= 1
                group.append(Place(submission: submission, index: state.next))
                state.next += 1
                isFull = group.count >= limits.groupChangesMax || bytes >= limits.groupBytesMax
            }
            if state.next == submission.changes.count {
                state.waiting[state.first] = nil
                state.first += 1
                state.next = 0
            }
        }
        guard state.first > 0, state.first == state.waiting.count || state.first > 1024 else {
            return
        }
        state.waiting.removeFirst(state.first)
        state.first = 0
    }
}
