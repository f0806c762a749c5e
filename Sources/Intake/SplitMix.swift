/// Numbers that need be neither secret nor in order, only different (SplitMix64, Steele and others,
/// 2014): the system's own generator asks the kernel for each.
package struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    /// Begins anywhere.
    package init() { state = .random(in: .min ... .max) }

    /// Gives the same numbers for the same seed.
    package init(seed: UInt64) { state = seed }

    /// Each of the 2^64 numbers once before any comes again.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
