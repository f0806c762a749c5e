/// How long the loop's turns take, between one wait for the kernel and the next.
package struct LoopLag: Sendable, Equatable {
    /// The longest turn since the last `take`, in nanoseconds.
    package private(set) var longestNanoseconds: UInt64 = 0
    /// All turns together, in nanoseconds.
    package private(set) var busyNanoseconds: UInt64 = 0
    /// The turns since the start.
    package private(set) var turns: UInt64 = 0
    private var lastIdle: UInt64 = 0
    private var lastEnd: UInt64 = 0

    mutating func turnEnded(idle: UInt64, now: UInt64) {
        defer {
            lastIdle = idle
            lastEnd = now
        }
        guard lastEnd != 0, now >= lastEnd, idle >= lastIdle else { return }
        let elapsed = now - lastEnd
        let waited = min(elapsed, idle - lastIdle)
        busyNanoseconds += elapsed - waited
        longestNanoseconds = max(longestNanoseconds, elapsed - waited)
        turns += 1
    }

    mutating func startOver() { longestNanoseconds = 0 }
}

extension LoopActor {
    /// The loop's turns so far; the longest one is counted from the last call of this.
    @LoopActor package static func takeLag() -> LoopLag { executor.takeLag() }
}

extension LoopExecutor {
    func takeLag() -> LoopLag {
        let seen = lag
        lag.startOver()
        return seen
    }
}
