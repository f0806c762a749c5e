/// A sequence of numbers that looks random and is the same for the same seed, on every machine and
/// in every version of Swift.
///
/// Source: Sebastiano Vigna, `splitmix64.c`, in the public domain. The state grows by a constant;
/// two multiplications mix it.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    /// A number of the range: the upper half of a product, whose bias is too small to matter here.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        let count = UInt64(range.upperBound - range.lowerBound + 1)
        return range.lowerBound + Int(next().multipliedFullWidth(by: count).high)
    }

    mutating func isOne(in count: Int) -> Bool { number(in: 1...count) == 1 }

    /// One of these, which must not be empty.
    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[number(in: 0...elements.count - 1)]
    }
}
