import Contract
import Testing

@Suite("The byte coding")
struct ByteCodingTests {
    private func reading<Value>(
        _ bytes: [UInt8], _ read: (inout ByteReader) throws -> Value
    ) throws -> Value {
        try bytes.withUnsafeBytes { buffer in
            var reader = ByteReader(buffer)
            let value = try read(&reader)
            #expect(reader.remaining == 0)
            return value
        }
    }

    @Test(
        "writes numbers in the least bytes",
        arguments: [
            (0, [0]), (127, [0x7F]), (128, [0x80, 1]), (300, [0xAC, 2]),
            (.max, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]),
        ] as [(UInt64, [UInt8])])
    func numbers(number: UInt64, encoded: [UInt8]) throws {
        var bytes: [UInt8] = []
        bytes.append(number: number)
        #expect(bytes == encoded)
        #expect(try reading(bytes) { try $0.number("number") } == number)
    }

    @Test("reads signed numbers back", arguments: [0, -1, 1, 63, -64, 64, .max, .min] as [Int64])
    func signed(number: Int64) throws {
        var bytes: [UInt8] = []
        bytes.append(signed: number)
        #expect(bytes.count == 1 || number.magnitude > 63)
        #expect(try reading(bytes) { try $0.signed("number") } == number)
    }

    @Test("reads texts, blocks, identifiers and flags back")
    func others() throws {
        let id = EventID(high: 1, low: .max)
        var bytes: [UInt8] = []
        bytes.append(text: "é𝄞")
        bytes.append(optional: nil)
        bytes.append(optional: "")
        bytes.append(block: [1, 2])
        bytes.append(id: id)

        let read = try reading(bytes) { reader in
            (
                try reader.text("text"), try reader.optionalText("text"),
                try reader.optionalText("text"), try reader.block("block"), try reader.id("id")
            )
        }

        #expect(read == ("é𝄞", nil, "", [1, 2], id))
    }

    @Test("refuses lengths that lie before they cost anything")
    func lies() {
        var huge: [UInt8] = []
        huge.append(number: .max)

        #expect(throws: FrameError.truncated(what: "block")) {
            try reading(huge) { try $0.block("block") }
        }
        #expect(throws: FrameError.truncated(what: "list")) {
            try reading(huge) { try $0.count("list") }
        }
        #expect(throws: FrameError.truncated(what: "list")) {
            try reading([2, 0, 0, 0]) { try $0.count("list", bytesEach: 2) }
        }
        #expect(throws: FrameError.truncated(what: "word")) {
            try reading([1, 2]) { try $0.fixed("word") }
        }
    }

    @Test("refuses what makes no sense")
    func nonsense() {
        let eleven = [UInt8](repeating: 0x80, count: 10) + [1]

        #expect(throws: FrameError.malformed(what: "number")) {
            try reading(eleven) { try $0.number("number") }
        }
        #expect(throws: FrameError.malformed(what: "text")) {
            try reading([1, 0xFF]) { try $0.text("text") }
        }
        #expect(throws: FrameError.malformed(what: "flag")) {
            try reading([2]) { try $0.flag("flag") }
        }
        var late: [UInt8] = []
        late.append(signed: Instant.distantFuture.milliseconds + 1)
        #expect(throws: FrameError.malformed(what: "time")) {
            try reading(late) { try $0.instant("time") }
        }
    }

    @Test(
        "says what is wrong with a frame",
        arguments: [
            (FrameError.oversize(found: 9, max: 8), "a frame of 9 bytes, where 8 is the most"),
            (.unknownKind(7), "a frame of the unknown kind 7"),
            (.truncated(what: "path"), "a frame that ends inside its path"),
            (.malformed(what: "path"), "a frame whose path makes no sense"),
        ])
    func messages(error: FrameError, message: String) {
        #expect("\(error)" == message)
    }
}
