/// How often something took how long, and how long all of it took together.
package struct Histogram: Sendable, Equatable {
    /// The longest duration that each count takes in, ascending; what is longer has one more count.
    package let bounds: [Duration]
    /// By bound, each without those below it; empty until something was added.
    package private(set) var counts: [Int] = []
    /// All durations together.
    package private(set) var sum = Duration.zero

    /// One that nothing was added to.
    package init(bounds: [Duration]) { self.bounds = bounds }

    /// How many durations were added.
    package var count: Int { counts.reduce(0, +) }

    /// Counts a duration; one below zero, after a step of the clock, counts as zero.
    package mutating func add(_ duration: Duration) {
        if counts.isEmpty { counts = [Int](repeating: 0, count: bounds.count + 1) }
        var place = 0
        while place < bounds.count, duration > bounds[place] { place += 1 }
        counts[place] += 1
        sum += max(duration, .zero)
    }
}
