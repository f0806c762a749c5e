import Contract
import Testing

/// One kind of payload: how a sample is written, and how any bytes are read.
struct Codec: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let samples: [[UInt8]]
    /// Throws where the bytes are none; else writes again what was read.
    let read: @Sendable (UnsafeRawBufferPointer) throws -> [UInt8]
    /// Whether what is cut off is noticed: not where the rest is a body.
    var isClosed = true

    static let all: [Codec] = [
        Codec(
            testDescription: "a delivery", samples: [Samples.delivery.bytes],
            read: { try Delivery.read($0, dataBytesMax: 1 << 20).delivery.bytes }),
        Codec(
            testDescription: "a report", samples: Samples.reports.map(\.bytes),
            read: { try Report(reading: $0).bytes }),
        Codec(
            testDescription: "a request", samples: [Samples.request.encoded()],
            read: { try RequestData(decoding: Array($0)).encoded() }, isClosed: false),
        Codec(
            testDescription: "a hello", samples: [Samples.hello.bytes],
            read: { try Hello(reading: $0).bytes }),
        Codec(
            testDescription: "a welcome", samples: [Samples.welcome.bytes],
            read: { try Welcome(reading: $0).bytes }),
        Codec(
            testDescription: "a read", samples: Samples.reads.map { $0.bytes(number: 5) },
            read: {
                let read = try WorkerRead.read($0)
                return read.question.bytes(number: read.number)
            }),
        Codec(
            testDescription: "a reply", samples: Samples.replies.map { $0.bytes(number: .max) },
            read: {
                let read = try HostReply.read($0)
                return read.reply.bytes(number: read.number)
            }),
        Codec(
            testDescription: "a log line", samples: [Samples.log.bytes],
            read: { try WorkerLog(reading: $0).bytes }),
    ]
}

@Suite("The frames' payloads")
struct CodecTests {
    @Test("are refused when they end early, at any byte", arguments: Codec.all)
    func truncated(codec: Codec) {
        for sample in codec.samples {
            for count in 0..<sample.count {
                let cut = Array(sample[..<count])
                let isTaken = (try? cut.withUnsafeBytes { try codec.read($0) }) != nil
                #expect(!isTaken || !codec.isClosed, "cut at \(count) of \(sample.count)")
            }
        }
    }

    @Test("of random bytes are judged without a trap", arguments: Codec.all)
    func random(codec: Codec) {
        var random = SeededGenerator(seed: 23)
        for _ in 0..<100_000 {
            let bytes = random.bytes(upTo: 48)
            _ = bytes.withUnsafeBytes { try? codec.read($0) }
        }
    }

    @Test("with bytes changed are judged without a trap", arguments: Codec.all)
    func mutated(codec: Codec) {
        var random = SeededGenerator(seed: 29)
        for _ in 0..<20_000 {
            var bytes = codec.samples.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                let special: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
                bytes[place] = special.randomElement(using: &random)!
            }
            guard let again = bytes.withUnsafeBytes({ try? codec.read($0) }) else { continue }
            let isTakenAgain = again.withUnsafeBytes { (try? codec.read($0)) != nil }
            #expect(isTakenAgain, "seed 29")
        }
    }
}

extension Delivery {
    var bytes: [UInt8] { written { append(to: &$0) } }
}

extension Report {
    var bytes: [UInt8] { written { append(to: &$0) } }
}

extension Hello {
    var bytes: [UInt8] { written { append(to: &$0) } }
}

extension Welcome {
    var bytes: [UInt8] { written { append(to: &$0) } }
}

extension WorkerLog {
    var bytes: [UInt8] { written { append(to: &$0) } }
}

extension WorkerRead {
    func bytes(number: UInt64) -> [UInt8] { written { append(number: number, to: &$0) } }
}

extension HostReply {
    func bytes(number: UInt64) -> [UInt8] { written { append(number: number, to: &$0) } }
}

private func written(_ append: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes: [UInt8] = []
    append(&bytes)
    return bytes
}
