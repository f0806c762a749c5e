/// A number of JSON, compared by its value however it is written: 1, 1.0 and 1e0 are the same.
struct JSONNumber: Sendable, Comparable {
    private let isNegative: Bool
    /// Without zeros at either end; none for zero.
    private let digits: [UInt8]
    /// The value is 0.digits times ten to this power.
    private let power: Int

    /// Reads the bytes of a number that was scanned.
    init(_ bytes: UnsafeRawBufferPointer) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        var place = bytes.first == UInt8(ascii: "-") ? 1 : 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte | 0x20 == UInt8(ascii: "e") {
                let text = String(decoding: bytes[(place + 1)...], as: UTF8.self)
                // What no number can hold is as good as endless.
                exponent = Int(text) ?? (text.hasPrefix("-") ? -(1 << 40) : 1 << 40)
                break
            } else {
                digits.append(byte - 48)
            }
            place += 1
        }
        var power = (point ?? digits.count) + max(-(1 << 40), min(exponent, 1 << 40))
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        power -= leading
        while digits.last == 0 { digits.removeLast() }
        self.digits = digits
        self.power = digits.isEmpty ? 0 : power
        isNegative = bytes.first == UInt8(ascii: "-") && !digits.isEmpty
    }

    /// -1, 0 or 1.
    var sign: Int { digits.isEmpty ? 0 : isNegative ? -1 : 1 }

    /// The size without the sign as bytes that sort as sizes do: power, digits, and an end.
    func sizeBytes(digitsMax: Int) -> [UInt8] {
        let biased = UInt64(bitPattern: Int64(power)) ^ (1 << 63)
        let powerBytes = (0..<8).map { UInt8(truncatingIfNeeded: biased >> UInt64(56 - $0 * 8)) }
        return powerBytes + digits.prefix(digitsMax).map { $0 + 1 } + [0]
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    /// Looks at the size alone.
    private func isSmaller(than other: Self) -> Bool {
        if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
        if power != other.power { return power < other.power }
        return digits.lexicographicallyPrecedes(other.digits)
    }
}
