import Invocations

/// The hash under which an idempotency key is kept: SipHash-2-4 with 128 bits, under a secret of
/// the store's own.
///
/// The text itself is not kept: a row stays small, and nobody who does not know the secret can make
/// two keys meet. Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF".
struct KeyHash {
    private let first: UInt64
    private let second: UInt64

    /// - Parameter secret: 16 bytes.
    init(secret: [UInt8]) {
        precondition(secret.count == 16, "the secret is two words")
        func word(_ place: Int) -> UInt64 {
            (0..<8).reduce(0) { $0 | UInt64(secret[place + $1]) << UInt64($1 * 8) }
        }
        first = word(0)
        second = word(8)
    }

    func hash(of key: Record.Key) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(
            key.tenant.utf8.count + key.trigger.utf8.count + key.key.utf8.count + 2)
        text.append(contentsOf: key.tenant.utf8)
        // No UTF-8 holds this byte, so two different keys are never one text.
        text.append(0xFF)
        text.append(contentsOf: key.trigger.utf8)
        text.append(0xFF)
        text.append(contentsOf: key.key.utf8)
        return text.withUnsafeBytes(hash(of:))
    }

    func hash(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var state = State(first, second)
        let whole = bytes.count & ~7
        for place in stride(from: 0, to: whole, by: 8) {
            state.take(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        }
        var last = UInt64(truncatingIfNeeded: bytes.count) << 56
        for place in whole..<bytes.count {
            last |= UInt64(bytes[place]) << UInt64((place - whole) * 8)
        }
        state.take(last)
        let words = state.end()
        return [UInt8](unsafeUninitializedCapacity: 16) { result, count in
            let result = UnsafeMutableRawBufferPointer(result)
            result.storeBytes(of: words.0.littleEndian, as: UInt64.self)
            result.storeBytes(of: words.1.littleEndian, toByteOffset: 8, as: UInt64.self)
            count = 16
        }
    }

    private struct State {
        private var v0, v1, v2, v3: UInt64

        init(_ first: UInt64, _ second: UInt64) {
            v0 = 0x736f_6d65_7073_6575 ^ first
            v1 = 0x646f_7261_6e64_6f6d ^ second ^ 0xEE
            v2 = 0x6c79_6765_6e65_7261 ^ first
            v3 = 0x7465_6462_7974_6573 ^ second
        }

        mutating func take(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func end() -> (UInt64, UInt64) {
            v2 ^= 0xEE
            for _ in 0..<4 { round() }
            let low = v0 ^ v1 ^ v2 ^ v3
            v1 ^= 0xDD
            for _ in 0..<4 { round() }
            return (low, v0 ^ v1 ^ v2 ^ v3)
        }

        private mutating func round() {
            v0 = v0 &+ v1
            v1 = v1 << 13 | v1 >> 51
            v1 ^= v0
            v0 = v0 << 32 | v0 >> 32
            v2 = v2 &+ v3
            v3 = v3 << 16 | v3 >> 48
            v3 ^= v2
            v0 = v0 &+ v3
            v3 = v3 << 21 | v3 >> 43
            v3 ^= v0
            v2 = v2 &+ v1
            v1 = v1 << 17 | v1 >> 47
            v1 ^= v2
            v2 = v2 << 32 | v2 >> 32
        }
    }
}
