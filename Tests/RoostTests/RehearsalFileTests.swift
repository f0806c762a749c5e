import Foundation
import Roost
import Testing

@Suite("A rehearsal, with files") struct RehearsalFileTests {
    private func handling(
        _ desk: Rehearsal, _ body: @escaping @Sendable (Context) async throws -> Void
    ) async throws {
        let function = Function("test") { (_: Command<Int>, context) in try await body(context) }
        try await function(Command(1), desk.context)
    }

    @Test("shows the files that a function wrote, and none that it deleted")
    func files() async throws {
        let desk = Rehearsal()

        try await handling(desk) { context in
            try await context.bucket("reports").put("a,b", at: "2026/a.csv")
            try await context.bucket("reports").put(Data([1, 2]), at: "b")
            let pieces = AsyncStream<[UInt8]> { pieces in
                pieces.yield([3])
                pieces.yield([4, 5])
                pieces.finish()
            }
            try await context.bucket("reports").put(pieces, at: "c")
        }
        try await handling(desk) { context in
            try await context.bucket("reports").delete("b")
            try await context.bucket("reports").delete("nothing")
        }

        #expect(
            try desk.files(in: "reports") == [
                "2026/a.csv": Data("a,b".utf8), "c": Data([3, 4, 5]),
            ])
    }

    @Test("drops the files of a function that throws")
    func failure() async throws {
        let desk = Rehearsal()

        await #expect(throws: RetryLater.self) {
            try await handling(desk) { context in
                try await context.bucket("reports").put("a", at: "a")
                throw RetryLater(after: .seconds(1))
            }
        }

        #expect(try desk.files(in: "reports").isEmpty)
    }

    @Test(
        "says what is wrong with a bucket or a key",
        arguments: [
            ("Reports", "a", "the bucket \"Reports\" has 'R' at place 1"),
            (
                "reports", "/a",
                "\"/a\" is no key of a file that is announced: expected 1 to 1024 bytes"
            ),
            ("reports", "a/../b", "\"a/../b\" is no key of a file that is announced"),
            ("reports", "a.part", "\"a.part\" is no key of a file that is announced"),
        ])
    func mistakes(_ bucket: String, _ key: String, _ text: String) async throws {
        let desk = Rehearsal()

        let error = await #expect(throws: ContextError.self) {
            try await handling(desk) { try await $0.bucket(Bucket(bucket)).put("x", at: key) }
        }

        #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "none")")
    }
}
