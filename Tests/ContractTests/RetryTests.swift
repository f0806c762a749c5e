import Contract
import Foundation
import Testing

@Suite("A retry policy")
struct RetryTests {
    private func seconds(_ retry: Retry, _ count: Int) -> [Double] {
        (1...count).map { retry.delay(afterCharged: $0, chance: 0.999_999_999).seconds.rounded() }
    }

    @Test("doubles the delay up to its bound")
    func exponential() {
        let retry = Retry.exponential(from: .seconds(1), to: .seconds(20), jitter: .none)
        #expect(seconds(retry, 7) == [1, 2, 4, 8, 16, 20, 20])
    }

    @Test(
        "never overflows and never shrinks",
        arguments: [
            Retry.exponential(jitter: .none),
            .exponential(from: .milliseconds(1), to: .days(30), jitter: .none),
            .exponential(from: .seconds(Int64.max), to: .seconds(Int64.max), jitter: .none),
            .linear(.seconds(7), attempts: 10_000), .linear(.seconds(Int64.max), attempts: 10_000),
            .fixed(.seconds(Int64.max), attempts: 2), .table(.seconds(1), .days(400)),
        ])
    func noOverflow(retry: Retry) {
        var last = Duration.zero
        for charged in Array(1...10_000) + [Int(Int32.max), .max] {
            let delay = retry.delay(afterCharged: charged, chance: 0)
            #expect(delay >= last && delay <= .days(30), "attempt \(charged)")
            last = delay
        }
    }

    @Test("never has a delay below zero")
    func negative() {
        for retry in [
            Retry.fixed(.seconds(-1), attempts: 2), .linear(.seconds(-7), attempts: 9),
            .table(.seconds(-5)),
        ] {
            #expect(retry.delay(afterCharged: 3, chance: 0.5) == .zero)
        }
    }

    @Test("leaves half of the delay to chance")
    func jitter() {
        let retry = Retry.exponential(from: .seconds(10), to: .seconds(40))
        var random = SeededGenerator(seed: 19)
        var sum = 0.0

        for _ in 0..<10_000 {
            let delay = retry.delay(
                afterCharged: 2, chance: Double.random(in: 0..<1, using: &random)
            ).seconds
            #expect((10...20).contains(delay), "seed 19")
            sum += delay
        }

        #expect(abs(sum / 10_000 - 15) < 0.1)
        #expect(retry.delay(afterCharged: 2, chance: 0) == .seconds(10))
    }

    @Test("by default makes 20 attempts over 6 hours on average")
    func defaults() {
        let retry = Retry.exponential()

        let hours =
            (1..<retry.attemptsMax).map { retry.delay(afterCharged: $0, chance: 0.5).seconds }
            .reduce(0, +) / 3_600

        #expect(retry.attemptsMax == 20)
        #expect((6.0..<6.2).contains(hours))
    }

    @Test("grows by a step, stays, or follows a table")
    func others() {
        #expect(seconds(.linear(.seconds(5), attempts: 4), 3) == [5, 10, 15])
        #expect(seconds(.fixed(.seconds(5), attempts: 4), 3) == [5, 5, 5])
        #expect(seconds(.table(.seconds(1), .seconds(9)), 4) == [1, 9, 9, 9])
        #expect(Retry.table(.seconds(1), .seconds(9)).attemptsMax == 3)
        #expect(Retry.table().attemptsMax == 1)
        #expect(Retry.table().delay(afterCharged: 1, chance: 0) == .zero)
        #expect(Retry.never.attemptsMax == 1)
    }

    @Test("can say what Cloud Tasks' example does, as a table")
    func cloudTasks() {
        let steps: [Double] = [10, 20, 40, 80, 160, 240, 300, 300]
        let retry = Retry.table(
            .seconds(10), .seconds(20), .seconds(40), .seconds(80), .seconds(160), .seconds(240),
            .seconds(300))
        #expect(seconds(retry, 8) == steps)
    }

    @Test(
        "is the same after a way through JSON",
        arguments: [
            Retry.exponential(),
            .exponential(from: .milliseconds(1), to: .days(1), attempts: 3, jitter: .none),
            .linear(.seconds(1), attempts: 2), .fixed(.zero, attempts: 1), .table(),
            .table(.seconds(1), .hours(1)),
        ])
    func coding(retry: Retry) throws {
        let json = try JSONEncoder().encode(retry)
        #expect(try JSONDecoder().decode(Retry.self, from: json) == retry)
    }

    @Test("is refused where growth and delays do not fit")
    func refuses() {
        let json = Data(
            "{\"growth\":\"linear\",\"delays\":[1,2],\"attemptsMax\":1,\"jitter\":\"none\"}".utf8)

        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Retry.self, from: json)
        }

        #expect("\(error.map { "\($0)" } ?? "")".contains("found growth \"linear\" with 2 delays"))
    }
}
