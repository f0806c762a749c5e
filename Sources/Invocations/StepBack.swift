package import Contract

/// Some of what waits for an instant becomes due earlier, for the wall clock was set back.
///
/// All that waits is gone through in many of these, from the least function and due time on, so
/// that nobody waits long behind one.
package struct StepBack: Sendable, Equatable {
    /// How far the clock was set back, which is positive.
    package var step: Duration
    /// How many rows are looked at, at most.
    package var rowsMax: Int
    /// Where to go on; nil at the beginning.
    package var place: Place?

    /// The first of several for one step of the clock.
    package init(_ step: Duration, rowsMax: Int) {
        precondition(step > .zero && rowsMax > 0, "a clock is set back by something")
        self.step = step
        self.rowsMax = rowsMax
    }

    /// How far all was gone through.
    package struct Place: Sendable, Equatable {
        /// What waits for this function comes next.
        package var function: FunctionNumber
        /// The due time that was reached.
        package var dueAt: Instant
        /// The invocation that was reached, of those that were due then.
        package var after: InvocationNumber
        /// What was recorded later goes by the new clock and is not moved.
        package let lastEvent: EventNumber
        /// Nor is what began to run later.
        package let lastLease: Lease

        /// Before everything that waits.
        package init(lastEvent: EventNumber, lastLease: Lease) {
            self.lastEvent = lastEvent
            self.lastLease = lastLease
            function = FunctionNumber(0)
            dueAt = .distantPast
            after = InvocationNumber(0)
        }

        /// Goes to the beginning of another function.
        package mutating func go(to function: FunctionNumber) {
            self.function = function
            dueAt = .distantPast
            after = InvocationNumber(0)
        }
    }
}

/// What one `StepBack` did.
package struct SteppedBack: Sendable, Equatable {
    /// How many invocations are due earlier.
    package var moved: Int
    /// What is to be done next; nil at the end.
    package var next: StepBack?

    /// `next` as it was asked, with its place.
    package init(moved: Int, next: StepBack?) {
        self.moved = moved
        self.next = next
    }
}
