package import Contract
package import Invocations

/// Which functions run apart because they ended workers.
///
/// A function that was named `namesMax` times within `window` stays apart until `window` passes
/// without another.
package struct Quarantine: Sendable {
    package static let namesMax = 3
    package static let window = Duration.minutes(10)

    private var named: [FunctionNumber: [Instant]] = [:]

    package init() {}

    /// Notes that an attempt of `function` ended a worker.
    package mutating func note(_ function: FunctionNumber, at now: Instant) {
        var instants = named[function, default: []]
        instants.append(now)
        named[function] = instants.suffix(Self.namesMax)
    }

    package mutating func contains(_ function: FunctionNumber, at now: Instant) -> Bool {
        guard !named.isEmpty, let instants = named[function] else { return false }
        guard let last = instants.last, now - last < Self.window else {
            named[function] = nil
            return false
        }
        guard instants.count == Self.namesMax, let first = instants.first else { return false }
        return last - first < Self.window
    }
}
