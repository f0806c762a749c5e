/// The identifier of an event or an invocation: a UUID that sorts by time (RFC 9562, version 7).
///
/// Of what the store numbers, the identifier carries the number, so that it is found again without
/// an index of its own: the time, then a tag, then the number. A call that is answered before it
/// is recorded has random bits in the number's place.
public struct EventID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The UUID's first eight bytes: 48 bits of time, the version 7, and the tag.
    package let high: UInt64
    /// Its last eight bytes: the variant, then 62 bits for the number.
    package let low: UInt64

    /// Takes the bits as they are, also those of a UUID that is none of ours.
    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// What the identifier stands for.
    package enum Tag: UInt64, Sendable {
        case event = 0
        case invocation = 1
        /// An event whose call was answered at once; its bits are random.
        case call = 2
        /// The one invocation of such an event.
        case callInvocation = 3
    }

    /// The identifier of what the store numbers; traps where the number is not in 0...`numberMax`.
    package init(_ tag: Tag, number: Int64, at instant: Instant) {
        precondition(number >= 0 && number <= Self.numberMax, "a number fits its 62 bits")
        self.init(tag: tag, bits: UInt64(number), at: instant)
    }

    /// An identifier for a call that is not recorded yet.
    package init(callAt instant: Instant, random: UInt64) {
        self.init(tag: .call, bits: random & UInt64(Self.numberMax), at: instant)
    }

    private init(tag: Tag, bits: UInt64, at instant: Instant) {
        high = UInt64(bitPattern: instant.milliseconds) << 16 | 0x7000 | tag.rawValue
        low = 0x8000_0000_0000_0000 | bits
    }

    /// The largest number that fits an identifier: 62 bits.
    package static let numberMax = Int64(0x3FFF_FFFF_FFFF_FFFF)

    /// Nil where the identifier is none of ours.
    package var tag: Tag? {
        guard high & 0xF000 == 0x7000, low >> 62 == 2 else { return nil }
        return Tag(rawValue: high & 0xFFF)
    }

    /// The store's number of it, or the random bits of a call.
    package var number: Int64 { Int64(bitPattern: low & UInt64(Self.numberMax)) }

    /// The time that it carries.
    package var instant: Instant { Instant(milliseconds: Int64(high >> 16)) }

    /// The same bits as another kind of thing: the invocation of a call.
    package func tagged(_ tag: Tag) -> EventID {
        EventID(high: high & ~0xFFF | tag.rawValue, low: low)
    }

    public static func < (left: EventID, right: EventID) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    /// The usual text of a UUID, in lower case.
    public var description: String {
        String(unsafeUninitializedCapacity: Self.textBytes) {
            write(to: UnsafeMutableRawBufferPointer($0))
        }
    }

    /// The length of the text: 32 digits and 4 hyphens.
    package static let textBytes = 36

    /// Appends the text.
    package func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(byteCount: Self.textBytes, alignment: 1) { text in
            _ = write(to: text)
            bytes.append(contentsOf: text)
        }
    }

    private func write(to text: UnsafeMutableRawBufferPointer) -> Int {
        var place = 0
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                text[place] = 45
                place += 1
            }
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 0xF
            text[place] = digit < 10 ? 48 + digit : 87 + digit
            place += 1
        }
        return place
    }

    /// Reads the usual text of a UUID in either case; nil where it is none.
    public init?(_ text: some StringProtocol) {
        var words: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var place = 0
        for byte in text.utf8 {
            defer { place += 1 }
            if place == 8 || place == 13 || place == 18 || place == 23 {
                guard byte == 45 else { return nil }
                continue
            }
            guard let value = byte.hexadecimalValue, digits < 32 else { return nil }
            if digits < 16 {
                words.0 = words.0 << 4 | UInt64(value)
            } else {
                words.1 = words.1 << 4 | UInt64(value)
            }
            digits += 1
        }
        guard place == Self.textBytes, digits == 32 else { return nil }
        self.init(high: words.0, low: words.1)
    }
}

extension UInt8 {
    /// 0 to 15 for a hexadecimal digit of either case.
    package var hexadecimalValue: UInt8? {
        switch self {
        case 48...57: self - 48
        case 65...70: self - 55
        case 97...102: self - 87
        default: nil
        }
    }
}
