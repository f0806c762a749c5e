import Contract
import Testing

@Suite("A JSON writer")
struct JSONWriterTests {
    @Test("puts commas between members and elements only")
    func commas() {
        var writer = JSONWriter()

        writer.object { answer in
            answer.array("items") { items in
                items.object { $0.member("id", 1) }
                items.value(raw: "{\"raw\":[ ]}".utf8)
                items.array { _ in }
                items.value("text")
            }
            answer.member("next", String?.none)
            answer.object("page") { _ in }
            answer.member("data", raw: "12345678901234567890".utf8)
        }

        #expect(
            writer.bytes.string
                == "{\"items\":[{\"id\":1},{\"raw\":[ ]},[],\"text\"],\"next\":null,\"page\":{},"
                + "\"data\":12345678901234567890}")
    }

    @Test(
        "escapes what JSON demands and nothing else",
        arguments: [
            ("plain /é漢😀\u{7F}", "\"plain /é漢😀\u{7F}\""), ("\"\\", "\"\\\"\\\\\""),
            ("\n\r\t\u{0}\u{1F}\u{8}", "\"\\n\\r\\t\\u0000\\u001f\\u0008\""), ("", "\"\""),
        ])
    func escapes(text: String, json: String) {
        var bytes: [UInt8] = []
        bytes.append(jsonText: text)
        #expect(bytes.string == json)
    }

    @Test(
        "writes numbers so that they are read back the same",
        arguments: [
            (0, "0"), (-0.5, "-0.5"), (30, "30"), (1e300, "1e+300"), (0.1, "0.1"),
            (9_007_199_254_740_992, "9007199254740992"), (.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)])
    func doubles(number: Double, json: String) throws {
        var writer = JSONWriter()
        writer.value(number)
        #expect(writer.bytes.string == json)
        if number.isFinite { #expect(try writer.bytes.withJSON { $0.double } == number) }
    }

    @Test("writes whole numbers, moments and identifiers")
    func values() {
        let id = EventID(.event, number: 5, at: Instant(milliseconds: 0))
        var writer = JSONWriter()

        writer.array { list in
            list.value(Int64.min)
            list.value(Int64.max)
            list.value(true)
            list.value(Instant(milliseconds: 0))
            list.value(id)
        }

        #expect(
            writer.bytes.string
                == "[-9223372036854775808,9223372036854775807,true,"
                + "\"1970-01-01T00:00:00.000Z\",\"\(id)\"]"
        )
    }

    @Test("writes any text so that it is read back the same")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<10_000 {
            let text = String(decoding: random.bytes(upTo: 40), as: UTF8.self)
            var bytes: [UInt8] = []
            bytes.append(jsonText: text)
            let read = try bytes.withJSON { $0.text }
            #expect(read.map { Array($0.utf8) } == Array(text.utf8), "seed 11")
        }
    }
}
