import Contract
import EventLoop
import Synchronization

/// What waits to be sent to the host, filled by any thread and emptied by the loop's.
///
/// A handler's thread writes its frames here itself, and wakes the loop only where nothing had
/// waited before and nobody holds the outbox back because more comes at once; all that gathers
/// until the loop comes leaves in one write. Nothing bounds it but its fillers: an attempt reports
/// once, a body has its credit, and log lines are dropped beyond `logBytesMax`.
final class Outbox: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var ended: [UInt32] = []
        var isAwaited = true
        var holders = 0
        var linesDropped = 0

        /// True for the first who has something for a loop that waits.
        mutating func shallWake() -> Bool {
            guard isAwaited, holders == 0, !bytes.isEmpty || !ended.isEmpty else { return false }
            isAwaited = false
            return true
        }
    }

    private let state = Mutex(State())
    private let wake: LoopWake

    /// Beyond this much that waits, log lines are dropped.
    static let logBytesMax = 1 << 20

    /// - Parameter wake: woken when something waits, and not again until `empty`.
    init(wake: LoopWake) { self.wake = wake }

    /// Appends frames; `attempt` is the number of one that has nothing more to say.
    func add(ending attempt: UInt32? = nil, _ frames: (inout [UInt8]) -> Void) {
        let shallWake = state.withLock { state in
            frames(&state.bytes)
            if let attempt { state.ended.append(attempt) }
            return state.shallWake()
        }
        if shallWake { wake.wake() }
    }

    /// Lets what is added wait for `release`, or until the loop empties the outbox unasked.
    func hold() { state.withLock { $0.holders += 1 } }

    /// Ends one `hold`; the last one lets go of what has gathered.
    func release() {
        let shallWake = state.withLock { state in
            state.holders -= 1
            assert(state.holders >= 0, "a hold is released once")
            return state.shallWake()
        }
        if shallWake { wake.wake() }
    }

    /// Appends a log line, or counts it as dropped.
    func addLine(of attempt: UInt32, _ line: WorkerLog) {
        let dropped: Int? = state.withLock { state in
            guard state.bytes.count < Self.logBytesMax else {
                state.linesDropped += 1
                return nil
            }
            defer { state.linesDropped = 0 }
            return state.linesDropped
        }
        guard let dropped else { return }
        add { bytes in
            if dropped > 0 {
                let note = WorkerLog(
                    level: "warning", message: "log lines were dropped",
                    metadata: ["lines": "\(dropped)"])
                bytes.append(.log, id: 0, note.append)
            }
            bytes.append(.log, id: attempt, line.append)
        }
    }

    /// Moves all that waits to the end of `bytes` and of `ended`.
    func empty(into bytes: inout [UInt8], ended: inout [UInt32]) {
        state.withLock { state in
            if bytes.isEmpty { swap(&bytes, &state.bytes) } else { bytes += state.bytes }
            state.bytes.removeAll(
                keepingCapacity: state.bytes.capacity <= ByteStream.outgoingBytesMax)
            ended += state.ended
            state.ended.removeAll(keepingCapacity: true)
            state.isAwaited = true
        }
    }
}

extension [UInt8] {
    /// Appends a frame of the worker's.
    mutating func append(
        _ kind: Frame.WorkerKind, id: UInt32, _ payload: (inout [UInt8]) -> Void
    ) {
        append(frame: kind.rawValue, id: id, payload: payload)
    }
}
