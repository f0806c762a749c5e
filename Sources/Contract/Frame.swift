/// The frames between host and worker on descriptor 3.
///
/// A frame is its payload's length (4 bytes, the lowest first), its kind (1), the number of the
/// invocation it belongs to or 0 (4), and the payload. The numbers are the host's, one for each
/// attempt that a worker runs; they mean nothing outside the pair.
package enum Frame {
    /// The version of all that this module says; a worker of another one is refused.
    package static let protocolVersion: UInt64 = 1
    /// What comes before the payload: its length, the kind and the invocation's number.
    package static let headerBytes = 9
    /// The largest payload of any kind: an outcome with the reads and effects of its attempt, the
    /// documents that answer a read, a log line, a manifest.
    package static let payloadBytesMax = 8 * 1024 * 1024
    /// The most of a body that one frame carries.
    package static let bodyBytesMax = 64 * 1024
    /// What a sender of a body may have under way before its reader asks for more.
    package static let bodyWindowBytes = 256 * 1024

    /// What the host says.
    package enum HostKind: UInt8, Sendable {
        case welcome = 1
        case invoke, body, window, cancel, reply, probe, abandon, drain
    }

    /// What the worker says.
    package enum WorkerKind: UInt8, Sendable {
        case hello = 65
        case refusal, outcome, body, window, read, log, alive, stuck
    }
}

extension [UInt8] {
    /// Appends one frame, whose payload is what `payload` appends.
    package mutating func append(frame kind: UInt8, id: UInt32, payload: (inout [UInt8]) -> Void) {
        let start = count
        append(contentsOf: [0, 0, 0, 0, kind])
        Swift.withUnsafeBytes(of: id.littleEndian) { append(contentsOf: $0) }
        payload(&self)
        let length = UInt32(count - start - Frame.headerBytes)
        assert(length <= Frame.payloadBytesMax, "a frame of our own keeps the limit")
        withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: length.littleEndian, toByteOffset: start, as: UInt32.self)
        }
    }
}

/// Cuts a stream of bytes into frames.
package struct FrameCutter: Sendable {
    private var kept: [UInt8] = []
    private let payloadBytesMax: Int

    /// A longer payload than `payloadBytesMax` is an error as soon as its length is read.
    package init(payloadBytesMax: Int = Frame.payloadBytesMax) {
        self.payloadBytesMax = payloadBytesMax
    }

    /// The bytes of a frame that has begun and not ended.
    package var keptBytes: Int { kept.count }

    /// Takes what arrived and hands on every frame that is whole.
    ///
    /// Throws on the first length that is over the limit; nothing after it can be understood.
    package mutating func take(
        _ bytes: UnsafeRawBufferPointer,
        each: (_ kind: UInt8, _ id: UInt32, _ payload: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        if kept.isEmpty {
            let used = try cut(bytes, each)
            kept.append(contentsOf: bytes[used...])
            return
        }
        kept.append(contentsOf: bytes)
        let whole = kept
        kept = []
        let used = try whole.withUnsafeBytes { try cut($0, each) }
        kept = used == 0 ? whole : Array(whole[used...])
    }

    private func cut(
        _ bytes: UnsafeRawBufferPointer,
        _ each: (UInt8, UInt32, UnsafeRawBufferPointer) throws -> Void
    ) throws -> Int {
        var place = 0
        while bytes.count - place >= Frame.headerBytes {
            let length = Int(
                UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            guard length <= payloadBytesMax else {
                throw FrameError.oversize(found: length, max: payloadBytesMax)
            }
            let start = place + Frame.headerBytes
            guard bytes.count - start >= length else { break }
            let id = UInt32(
                littleEndian: bytes.loadUnaligned(fromByteOffset: place + 5, as: UInt32.self))
            try each(
                bytes[place + 4], id,
                UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
            place = start + length
        }
        return place
    }
}
