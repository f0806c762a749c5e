package import Contract
package import Invocations

/// Which functions run apart because they ended workers.
///
/// A function that was named `namesMax` times within `window` stays apart until `window` passes
/// without another.
package struct Quarantine: Sendable {
    /// The ended workers within `window` that set a function apart.
    package static let namesMax = 3
    /// How long a name counts, and how long a function stays apart after the last one.
    package static let window = Duration.minutes(10)

    private struct Names: Sendable {
        /// The last ones, at most `namesMax`.
        var instants: [Instant] = []
        var isApart = false
    }

    private var named: [FunctionNumber: Names] = [:]

    /// Sets nobody apart.
    package init() {}

    /// True when no function was named lately.
    package var isEmpty: Bool { named.isEmpty }

    /// Notes that an attempt of `function` ended a worker.
    package mutating func note(_ function: FunctionNumber, at now: Instant) {
        forget(function, at: now)
        var names = named[function] ?? Names()
        names.instants = (names.instants + [now]).suffix(Self.namesMax)
        if names.instants.count == Self.namesMax, now - names.instants[0] < Self.window {
            names.isApart = true
        }
        named[function] = names
    }

    /// True while the function runs apart.
    package func contains(_ function: FunctionNumber, at now: Instant) -> Bool {
        guard let names = named[function], let last = names.instants.last else { return false }
        return names.isApart && now - last < Self.window
    }

    /// The clock was set back by as much.
    package mutating func stepBack(_ step: Duration) {
        named = named.mapValues { names in
            Names(instants: names.instants.map { $0 - step }, isApart: names.isApart)
        }
    }

    private mutating func forget(_ function: FunctionNumber, at now: Instant) {
        guard let last = named[function]?.instants.last, now - last >= Self.window else { return }
        named[function] = nil
    }
}
