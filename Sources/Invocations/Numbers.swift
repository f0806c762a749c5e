/// A function's row; the same for as long as the store knows its name.
package struct FunctionNumber: Sendable, Hashable, Comparable {
    /// The row's number.
    package let rawValue: Int64

    /// Takes a number that a store gave.
    package init(_ rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An event's row, in the order of the commits.
package struct EventNumber: Sendable, Hashable, Comparable {
    /// The row's number; a later event's is larger.
    package let rawValue: Int64

    /// Takes a number that a store gave.
    package init(_ rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// An invocation's row: its event's number and its place among those that the event is owed to.
///
/// So the invocations of an event lie side by side, and sort in event order.
package struct InvocationNumber: Sendable, Hashable, Comparable {
    /// The event's number shifted by `ordinalBits`, and the ordinal below it.
    package let rawValue: Int64

    /// Takes a number that a store gave, or that an identifier carries.
    package init(_ rawValue: Int64) { self.rawValue = rawValue }

    /// Traps where the ordinal is not in 0..<`perEventMax`.
    package init(event: EventNumber, ordinal: Int) {
        precondition(
            (0..<Self.perEventMax).contains(ordinal), "an event is owed to so many at most")
        rawValue = event.rawValue << Self.ordinalBits | Int64(ordinal)
    }

    /// The functions that one event may be owed to.
    package static let perEventMax = 1 << ordinalBits
    /// The bits of a number that hold the ordinal.
    package static let ordinalBits = 12

    /// The event that it is owed for.
    package var event: EventNumber { EventNumber(rawValue >> Self.ordinalBits) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The right to run an invocation once: the number of the claim, which only grows.
package struct Lease: Sendable, Hashable, Comparable {
    /// The claim's number.
    package let rawValue: Int64

    /// Takes a number that a store gave.
    package init(_ rawValue: Int64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
