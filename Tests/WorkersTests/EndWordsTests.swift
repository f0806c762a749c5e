import Testing
import Workers

@Suite("The words of a worker's end")
struct EndWordsTests {
    @Test(
        "are Swift's own where there are some, not what its backtracer adds, or else the last line",
        arguments: [
            (
                [
                    "hello", "App/Charge.swift:22: Fatal error: no price", "💣 Program crashed",
                    "Backtrace took 0.23s",
                ],
                "App/Charge.swift:22: Fatal error: no price"
            ),
            (
                ["hello", "💣 Program crashed: Bad pointer", "Backtrace took 0.23s", ""],
                "💣 Program crashed: Bad pointer"
            ),
            (["hello", "terminate called"], "terminate called"), ([], nil), ([""], nil),
        ] as [([String], String?)])
    func line(heard: [String], line: String?) {
        var words = EndWords()
        for heard in heard { words.hear(heard) }

        #expect(words.line == line)
    }
}
