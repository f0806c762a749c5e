package import Contract

/// How many attempts may be under way: in all, and of each function.
///
/// A quarter of all slots is kept for callers who wait. Who takes a slot gives it back once,
/// whether it was used or not. What runs in quarantine leaves its slot to the pool, and still counts
/// for its function; what lost a document waits without a slot, but so many of a function at most.
package struct Slots: Sendable {
    /// The attempts that may be under way in the pool at once.
    package let total: Int
    private let keptForCalls: Int
    /// Slots in use or kept for something that may begin.
    package private(set) var inUse = 0
    private var functions: [Use]

    private struct Use: Sendable {
        /// Apart or in the pool.
        var inUse = 0
        var waiting = 0
        let max: Int
        var isPaused = false
    }

    /// A function without a bound of its own may have them all; traps where there is no slot.
    package init(total: Int, functions: [FunctionDeclaration]) {
        precondition(total >= 1, "something can run")
        self.total = total
        keptForCalls = total / 4
        self.functions = functions.map { Use(max: $0.policies.concurrencyMax ?? total) }
    }

    /// The slots that claimed and recorded invocations may still take.
    package var freeForInvocations: Int { max(0, total - keptForCalls - inUse) }

    /// The slots that invocations of one function may still take.
    package func room(of function: Int) -> Int {
        let use = functions[function]
        guard !use.isPaused, use.waiting < total else { return 0 }
        return max(0, min(freeForInvocations, use.max - use.inUse))
    }

    /// True when a caller of the function can be served now.
    package func hasRoomForCall(of function: Int) -> Bool {
        let use = functions[function]
        return !use.isPaused && use.waiting < total && hasRoomToGoOn(of: function)
    }

    /// True when something of the function that began before can run again now; no pause stops it.
    package func hasRoomToGoOn(of function: Int) -> Bool {
        let use = functions[function]
        return inUse < total && use.inUse < use.max
    }

    /// Takes slots that the caller found free; nothing is checked here.
    package mutating func take(_ count: Int = 1, of function: Int) {
        inUse += count
        functions[function].inUse += count
    }

    /// Gives back what was taken and is in the pool; traps in debug builds on more than that.
    package mutating func giveBack(_ count: Int = 1, of function: Int) {
        inUse -= count
        functions[function].inUse -= count
        assert(inUse >= 0 && functions[function].inUse >= 0, "a slot is given back once")
    }

    /// What has a slot goes into quarantine: the slot is free, the function's count stays.
    package mutating func setApart(of function: Int) {
        inUse -= 1
        assert(inUse >= 0, "what goes apart had a slot")
    }

    /// What was set apart has ended, or never began.
    package mutating func giveBackApart(of function: Int) {
        functions[function].inUse -= 1
        assert(functions[function].inUse >= 0, "what was apart is given back once")
    }

    /// Between two runs of one attempt's work, when it has no slot.
    package mutating func beginWait(of function: Int) { functions[function].waiting += 1 }

    /// The wait is over, whether for a slot or for good.
    package mutating func endWait(of function: Int) {
        functions[function].waiting -= 1
        assert(functions[function].waiting >= 0, "a wait ends once")
    }

    /// Lets nothing new of a function begin, or lets it again.
    package mutating func setPaused(_ isPaused: Bool, function: Int) {
        functions[function].isPaused = isPaused
    }

    /// True while nothing new of the function begins.
    package func isPaused(_ function: Int) -> Bool { functions[function].isPaused }

    /// What of a function is under way, in the pool and apart.
    package func inUse(of function: Int) -> Int { functions[function].inUse }
}
