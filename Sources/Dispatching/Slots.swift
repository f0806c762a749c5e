package import Contract

/// How many attempts may be under way: in all, and of each function.
///
/// A quarter of all slots is kept for callers who wait. Who takes a slot gives it back once,
/// whether it was used or not.
package struct Slots: Sendable {
    package let total: Int
    private let keptForCalls: Int
    /// Slots in use or kept for something that may begin.
    package private(set) var inUse = 0
    private var functions: [Use]

    private struct Use: Sendable {
        var inUse = 0
        let max: Int
        var isPaused = false
    }

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
        return use.isPaused ? 0 : max(0, min(freeForInvocations, use.max - use.inUse))
    }

    /// True when a caller of the function can be served now.
    package func hasRoomForCall(of function: Int) -> Bool {
        let use = functions[function]
        return !use.isPaused && inUse < total && use.inUse < use.max
    }

    package mutating func take(_ count: Int = 1, of function: Int) {
        inUse += count
        functions[function].inUse += count
    }

    package mutating func giveBack(_ count: Int = 1, of function: Int) {
        inUse -= count
        functions[function].inUse -= count
        assert(inUse >= 0 && functions[function].inUse >= 0, "a slot is given back once")
    }

    package mutating func setPaused(_ isPaused: Bool, function: Int) {
        functions[function].isPaused = isPaused
    }

    package func isPaused(_ function: Int) -> Bool { functions[function].isPaused }

    package func inUse(of function: Int) -> Int { functions[function].inUse }
}
