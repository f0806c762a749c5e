import Testing

@testable import Intake

@Suite("A line of paths to look at")
struct LookLineTests {
    private let millisecond: UInt64 = 1_000_000

    @Test("has each path once, due at once")
    func once() {
        var line = LookLine()
        line.add("a")
        line.add("b")
        line.add("a")

        #expect(line.due(at: 0, max: 9).map(\.path) == ["a", "b"])
        #expect(line.due(at: 0, max: 9).isEmpty && line.count == 0)
    }

    @Test("waits longer each time for what is not finished, up to a second")
    func again() throws {
        var line = LookLine()
        line.add("a")
        var entry = try #require(line.due(at: 0, max: 1).first)

        for delay: UInt64 in [10, 20, 40, 80, 160, 320, 640, 1_000, 1_000] {
            line.again(entry, at: 0)
            let early = line.due(at: delay * millisecond - 1, max: 1)
            let due = line.due(at: delay * millisecond, max: 1)

            #expect(early.isEmpty, "after \(delay) ms")
            entry = try #require(due.first, "after \(delay) ms")
        }
    }

    @Test("takes what happens to a waiting path for due")
    func sooner() throws {
        var line = LookLine()
        line.add("a", isTouched: true)
        let entry = try #require(line.due(at: 0, max: 1).first)
        line.again(entry, at: 0)
        line.add("a")

        let due = line.due(at: 0, max: 9)

        #expect(due == [LookLine.Entry(path: "a", isTouched: false)])
    }

    @Test("gives out no more than is asked for")
    func bounded() {
        var line = LookLine()
        for number in 0..<5 { line.add("\(number)") }

        #expect(line.due(at: 0, max: 3).map(\.path) == ["0", "1", "2"])
        #expect(line.due(at: 0, max: 3).map(\.path) == ["3", "4"])
    }
}
