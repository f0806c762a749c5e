import Contract

/// Numbers that look random and depend on the seed and on what they are for.
///
/// What was drawn before has no say: so a shorter plan of the same seed draws the same for all that
/// is left of it, and a failure survives what is taken away beside it.
struct Chance: Sendable {
    let seed: UInt64

    /// What a number is for.
    enum Purpose: UInt64, Sendable {
        case action = 1
        case moment, fault, phase, outcome, duration, latency, detail
        case dispatcher
    }

    /// Source: Sebastiano Vigna, `splitmix64.c`, in the public domain, over a mix of all three.
    func number(_ purpose: Purpose, _ subject: UInt64, _ serial: Int = 0) -> UInt64 {
        var state = seed &* 0xD6E8_FEB8_6659_FD93
        for word in [purpose.rawValue, subject, UInt64(bitPattern: Int64(serial))] {
            state = Self.mixed(state ^ word &* 0x9E37_79B9_7F4A_7C15)
        }
        return state
    }

    /// A number in 0..<1.
    func share(_ purpose: Purpose, _ subject: UInt64, _ serial: Int = 0) -> Double {
        Double(number(purpose, subject, serial) >> 11) / Double(1 << 53)
    }

    /// A number in 0..<count.
    func below(_ count: Int, _ purpose: Purpose, _ subject: UInt64, _ serial: Int = 0) -> Int {
        Int(number(purpose, subject, serial) % UInt64(count))
    }

    private static func mixed(_ word: UInt64) -> UInt64 {
        var word = word &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}

extension [UInt8] {
    /// A number for these bytes (FNV-1a).
    var fingerprint: UInt64 {
        reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
