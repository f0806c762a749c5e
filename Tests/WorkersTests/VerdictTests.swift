import Contract
import Testing
import Workers

@Suite("A verdict")
struct VerdictTests {
    private func outcomes(
        _ inside: Set<UInt32>, answered: Set<UInt32> = [], named: LastWords? = nil,
        reason: Verdict.Reason? = nil
    ) -> [UInt32: Outcome] {
        Verdict(
            inside: inside, answered: answered, named: named, reason: reason,
            end: "was ended by signal 9", lastLine: nil
        )
        .outcomes
    }

    @Test("charges the one that was named")
    func named() {
        let outcomes = outcomes([1, 2, 3], named: LastWords(attempt: 2, signal: 4))

        #expect(outcomes[2] == .crashed(error: "the worker was ended by signal 9"))
        #expect(outcomes[1] == .interrupted(.neighbour))
        #expect(outcomes[3] == .interrupted(.neighbour))
    }

    @Test("does not believe a name that was not inside")
    func stranger() {
        #expect(
            outcomes([1, 2], named: LastWords(attempt: 9, signal: 4))
                == [1: .interrupted(.suspected), 2: .interrupted(.suspected)])
    }

    @Test("charges nobody when the named one has its outcome", arguments: [1, 2] as [UInt32])
    func answered(count: UInt32) {
        let outcomes = outcomes(
            Set(1...count), answered: [9], named: LastWords(attempt: 9, signal: 4))

        #expect(outcomes.count == Int(count))
        #expect(outcomes.values.allSatisfy { $0 == .interrupted(.neighbour) })
    }

    @Test("goes by who has an outcome only where that one was named")
    func unnamed() {
        let outcomes = outcomes([5], answered: [9])

        #expect(outcomes == [5: .crashed(error: "the worker was ended by signal 9")])
    }

    @Test("charges a single one when nobody is named")
    func single() {
        #expect(outcomes([5]) == [5: .crashed(error: "the worker was ended by signal 9")])
    }

    @Test("charges nobody of several, and suspects all")
    func several() {
        #expect(outcomes([5, 6]).values.allSatisfy { $0 == .interrupted(.suspected) })
    }

    @Test("charges those that hold the threads, when the worker said so")
    func stuck() {
        #expect(
            outcomes([1, 2], reason: .stuck([1])) == [1: .timedOut, 2: .interrupted(.neighbour)])
    }

    @Test("charges nobody when the host ended the worker, whose time was over")
    func retired() {
        #expect(outcomes([1], reason: .retired) == [1: .interrupted(.neighbour)])
    }
}

@Suite("A restart's backoff")
struct RestartBackoffTests {
    @Test("doubles from 50 ms to 10 s and starts over when a worker lived")
    func doubles() {
        var backoff = RestartBackoff()
        var delays: [Duration] = [backoff.delay]
        for _ in 0..<10 {
            backoff.diedAtOnce()
            delays.append(backoff.delay)
        }
        backoff.lived()

        #expect(
            delays.map(\.milliseconds) == [
                0, 50, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000,
            ])
        #expect(backoff.delay == .zero)
    }
}

@Suite("A worker's output")
struct OutputLinesTests {
    @Test("is cut into lines wherever it was split")
    func cuts() {
        let text = Array("one\ntwo\n\nthree".utf8)
        for split in 0...text.count {
            var lines = OutputLines()
            var seen: [String] = []
            for part in [text[..<split], text[split...]] {
                part.withUnsafeBytes { lines.take($0) { seen.append($0) } }
            }
            lines.end { seen.append($0) }
            #expect(seen == ["one", "two", "", "three"])
        }
    }

    @Test("is shortened where a line is too long")
    func shortens() {
        var lines = OutputLines()
        var seen: [String] = []
        let long = [UInt8](repeating: 97, count: OutputLines.lineBytesMax + 1) + [10]
        long.withUnsafeBytes { lines.take($0) { seen.append($0) } }

        #expect(seen.count == 1)
        #expect(seen[0].utf8.count == OutputLines.lineBytesMax + "…".utf8.count)
    }
}
