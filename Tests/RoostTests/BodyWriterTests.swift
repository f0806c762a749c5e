import Testing

@testable import Roost

@Suite("A writer of a body") struct BodyWriterTests {
    private func written(
        _ body: (BodyWriter) async throws -> Void
    ) async throws -> String {
        let pieces = AsyncStream<[UInt8]>.makeStream()
        try await body(BodyWriter { pieces.continuation.yield($0) })
        pieces.continuation.finish()
        var bytes: [UInt8] = []
        for await piece in pieces.stream { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(
        "makes a line of an event for each line of its data",
        arguments: [
            ("", "data: \n\n"), ("a", "data: a\n\n"), ("a\nb", "data: a\ndata: b\n\n"),
            ("a\rb", "data: a\ndata: b\n\n"), ("a\r\nb", "data: a\ndata: b\n\n"),
            ("a\n\r\n", "data: a\ndata: \ndata: \n\n"),
            ("a\n\u{301}b", "data: a\ndata: \u{301}b\n\n"),
        ])
    func splits(data: String, expected: String) async throws {
        let text = try await written { try await $0.write(data: data) }

        #expect(text.utf8.elementsEqual(expected.utf8), "\(text.debugDescription)")
    }

    @Test(
        "refuses a type and an identifier that are more than a line",
        arguments: [
            ("a\nb", nil, "the type of a server-sent event has a line end in it; "),
            ("a\r\n", nil, "the type of a server-sent event has a line end in it; "),
            (nil, "1\r", "the id of a server-sent event has a line end in it; "),
            (nil, "1\u{0}", "the id of a server-sent event has a NUL in it"),
        ] as [(String?, String?, String)])
    func refuses(event: String?, id: String?, reason: String) async throws {
        let error = await #expect(throws: ContextError.self) {
            _ = try await written { try await $0.write(event: event, id: id, data: "a") }
        }

        #expect(error?.description.hasPrefix(reason) == true)
    }
}
