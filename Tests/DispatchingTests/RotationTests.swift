import Dispatching
import Invocations
import Testing

@Suite("The rotation")
struct RotationTests {
    private func candidates(_ weights: [Int], room: Int = 1_000) -> [Rotation.Candidate] {
        weights.enumerated().map { place, weight in
            Rotation.Candidate(
                function: FunctionNumber(Int64(place + 1)), weight: weight, room: room)
        }
    }

    /// What each got over many claims, all of which found what they asked for.
    private func shares(_ candidates: [Rotation.Candidate], slots: Int, rounds: Int) -> [Int] {
        var rotation = Rotation()
        var got = Array(repeating: 0, count: candidates.count)
        for _ in 0..<rounds {
            for want in rotation.wants(candidates, slots: slots) {
                let place = Int(want.function.rawValue) - 1
                got[place] += want.invocationsMax
                rotation.took(
                    want.invocationsMax, want.function, weight: candidates[place].weight)
            }
        }
        return got
    }

    @Test(
        "gives 4, 2 and 1 by priority, however many slots come free at a time",
        arguments: [1, 2, 3, 7, 64, 192])
    func weights(slots: Int) {
        let rounds = 7_000 / slots

        let got = shares(candidates([4, 2, 1]), slots: slots, rounds: rounds).map(Double.init)

        let whole = got.reduce(0, +)
        #expect(whole == Double(rounds * slots))
        for (share, expected) in zip(got, [4.0, 2, 1]) {
            #expect(abs(share - whole * expected / 7) <= 4, "\(got)")
        }
    }

    @Test("lets nobody wait for long, though many are ahead of it")
    func starvation() {
        let weights = [1] + Array(repeating: 4, count: 99)

        let got = shares(candidates(weights), slots: 10, rounds: 400)

        #expect(got[0] >= 9)
        #expect((got[1...].min() ?? 0) >= 39)
    }

    @Test("names so many functions in a claim at most, and the others in the next")
    func manyFunctions() {
        var rotation = Rotation()
        let all = candidates(Array(repeating: 2, count: 150))
        var named: Set<FunctionNumber> = []

        for _ in 0..<3 {
            let wants = rotation.wants(all, slots: 500)
            #expect(wants.count <= Rotation.wantsMax)
            for want in wants {
                named.insert(want.function)
                rotation.took(want.invocationsMax, want.function, weight: 2)
            }
        }

        #expect(named.count == 150)
    }

    @Test("asks for no more than there are slots, nor than a function has room for")
    func room() {
        var rotation = Rotation()
        var all = candidates([4, 1, 1, 1])
        all[0].room = 3
        all[2].room = 0

        let wants = rotation.wants(all, slots: 10)

        let two = rotation.wants(all, slots: 2)
        #expect(wants.reduce(0) { $0 + $1.invocationsMax } == 10)
        #expect(wants.first { $0.function == FunctionNumber(1) }?.invocationsMax == 3)
        #expect(!wants.contains { $0.function == FunctionNumber(3) })
        #expect(two.reduce(0) { $0 + $1.invocationsMax } == 2)
    }

    @Test("hands what one has no room for to the others")
    func leftover() {
        var rotation = Rotation()
        var all = candidates([4, 1])
        all[0].room = 1

        let wants = rotation.wants(all, slots: 20)

        #expect(wants.map(\.invocationsMax).sorted() == [1, 19])
    }

    @Test("gives one that had no work for long its share, and no more")
    func newcomer() {
        var rotation = Rotation()
        let both = candidates([1, 1])
        for _ in 0..<1_000 {
            _ = rotation.wants([both[0]], slots: 1)
            rotation.took(1, both[0].function, weight: 1)
        }

        let wants = rotation.wants(both, slots: 10)

        #expect(wants.map(\.invocationsMax).allSatisfy { (4...6).contains($0) }, "\(wants)")
    }

    @Test("counts what a function got, not what it was to get")
    func unused() {
        var rotation = Rotation()
        let both = candidates([1, 1])
        for want in rotation.wants(both, slots: 100) {
            rotation.took(want.function == both[0].function ? 1 : 50, want.function, weight: 1)
        }

        let wants = rotation.wants(both, slots: 49)

        #expect(wants.map(\.function) == [both[0].function], "it is 49 behind")
    }

    @Test("asks for nothing where nothing is free")
    func nothing() {
        var rotation = Rotation()

        let wants =
            rotation.wants([], slots: 9) + rotation.wants(candidates([1]), slots: 0)
            + rotation.wants(candidates([1, 2], room: 0), slots: 9)

        #expect(wants.isEmpty)
    }
}
