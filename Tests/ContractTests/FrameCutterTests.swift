import Contract
import Testing

@Suite("A frame cutter")
struct FrameCutterTests {
    private struct Cut: Equatable {
        var kind: UInt8
        var id: UInt32
        var payload: [UInt8]
    }

    private let frames = [
        Cut(kind: 1, id: 0, payload: []), Cut(kind: 65, id: .max, payload: [1, 2, 3]),
        Cut(kind: 2, id: 7, payload: [UInt8](repeating: 9, count: 20)),
        Cut(kind: 3, id: 1, payload: [0]),
    ]

    private var stream: [UInt8] {
        frames.reduce(into: []) { bytes, frame in
            bytes.append(frame: frame.kind, id: frame.id) { $0.append(contentsOf: frame.payload) }
        }
    }

    private func cut(_ pieces: [[UInt8]], by cutter: inout FrameCutter) throws -> [Cut] {
        var found: [Cut] = []
        for piece in pieces {
            try piece.withUnsafeBytes { bytes in
                try cutter.take(bytes) { found.append(Cut(kind: $0, id: $1, payload: Array($2))) }
            }
        }
        return found
    }

    @Test("hands on the same frames wherever the stream is split in two or three")
    func splits() throws {
        let stream = stream
        for first in 0...stream.count {
            for second in first...stream.count {
                var cutter = FrameCutter()
                let pieces = [stream[..<first], stream[first..<second], stream[second...]].map(
                    Array.init)

                let found = try cut(pieces, by: &cutter)

                #expect(found == frames, "split at \(first) and \(second)")
                #expect(cutter.keptBytes == 0)
            }
        }
    }

    @Test("hands on the same frames when bytes come one by one")
    func bytewise() throws {
        var cutter = FrameCutter()
        #expect(try cut(stream.map { [$0] }, by: &cutter) == frames)
    }

    @Test("keeps what has begun and not ended")
    func keeps() throws {
        var cutter = FrameCutter()
        let stream = stream

        #expect(try cut([Array(stream.dropLast())], by: &cutter) == frames.dropLast())
        #expect(cutter.keptBytes == 9)
        #expect(try cut([[0]], by: &cutter) == [frames[3]])
    }

    @Test("takes the largest payload and refuses one byte more as soon as its length is known")
    func limit() throws {
        var bytes: [UInt8] = []
        bytes.append(frame: 1, id: 1) { $0.append(contentsOf: [1, 2, 3, 4]) }
        var (enough, small) = (FrameCutter(payloadBytesMax: 4), FrameCutter(payloadBytesMax: 3))

        #expect(try cut([bytes], by: &enough).count == 1)
        #expect(throws: FrameError.oversize(found: 4, max: 3)) {
            try cut([Array(bytes.prefix(Frame.headerBytes))], by: &small)
        }
    }

    @Test("refuses the length of four bytes of nonsense")
    func nonsense() {
        var cutter = FrameCutter()
        #expect(throws: FrameError.oversize(found: 0xFFFF_FFFF, max: Frame.payloadBytesMax)) {
            try cut([[UInt8](repeating: 0xFF, count: 9)], by: &cutter)
        }
    }

    @Test("keeps up with a large frame that comes in small pieces")
    func largeFrame() throws {
        var bytes: [UInt8] = []
        bytes.append(frame: 1, id: 1) {
            $0.append(contentsOf: [UInt8](repeating: 5, count: 2 << 20))
        }
        let pieces = stride(from: 0, to: bytes.count, by: 512).map {
            Array(bytes[$0..<min($0 + 512, bytes.count)])
        }
        var cutter = FrameCutter()

        #expect(try cut(pieces, by: &cutter).first?.payload.count == 2 << 20)
    }
}
