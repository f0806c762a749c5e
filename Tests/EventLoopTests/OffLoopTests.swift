import EventLoop
import Testing

@Suite("Work off the loop")
struct OffLoopTests {
    @Test("runs on another thread and answers")
    @LoopActor func answers() async throws {
        let wasOnTheLoop = try await offLoop { LoopActor.executor.isCurrentThread }

        #expect(!wasOnTheLoop)
        #expect(LoopActor.executor.isCurrentThread)
    }

    @Test("throws what it threw")
    func throwing() async {
        await #expect(throws: WaitedInVain.self) {
            try await offLoop { throw WaitedInVain(what: "nothing") }
        }
    }

    @Test("hands its value to the loop without a task")
    @LoopActor func handing() async throws {
        var value: Int?

        offLoop {
            LoopActor.executor.isCurrentThread ? 0 : 7
        } then: {
            LoopActor.preconditionIsolated()
            value = $0
        }
        try await eventually("the value") { value != nil }

        #expect(value == 7)
    }

    @Test("serves more callers than it has threads")
    func manyCallers() async throws {
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 1...100 { group.addTask { try await offLoop { number } } }
            return try await group.reduce(0, +)
        }

        #expect(sum == 5050)
    }
}
