/// The values that a field of a pattern matches: a set of numbers from 0 to 63, one bit for each.
struct FieldValues: Sendable, Hashable {
    private(set) var bits: UInt64 = 0

    var isEmpty: Bool { bits == 0 }

    mutating func insert(_ value: Int) {
        precondition((0...63).contains(value), "a field's value has a bit of its own")
        bits |= 1 << UInt64(value)
    }

    mutating func formUnion(_ others: FieldValues) { bits |= others.bits }

    func contains(_ value: Int) -> Bool { bits >> UInt64(value) & 1 == 1 }

    /// The smallest value that is not below this one, which is 64 at most.
    func first(from value: Int) -> Int? {
        let rest = bits & (UInt64.max << UInt64(value))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}
