import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher whose attempts conflict")
struct ConflictTests {
    private let path = "counters/1"

    private func increment(_ desk: Desk, _ assignment: Assignment, at version: Int64) {
        desk.tell(
            assignment, reads: [DocumentRead(path: path, version: version)],
            effects: [.put(path: path, body: Array("{}".utf8))])
    }

    @Test("runs the loser again in its turn, uncharged and under a new lease")
    func rerun() {
        let desk = Desk()
        desk.records(2)
        let both = desk.running

        increment(desk, both[0], at: 0)
        increment(desk, both[1], at: 0)
        desk.turns()

        #expect(desk.running.map(\.delivery.attempt) == [2])
        #expect(desk.running[0].delivery.invocation == both[1].delivery.invocation)
        increment(desk, desk.running[0], at: desk.store.version(path))
        desk.turns()
        #expect(desk.store.rows(.succeeded).map(\.runs) == [1, 2])
        #expect(desk.store.rows(.succeeded).map(\.charged) == [0, 0])
        #expect(desk.dispatcher.counts.conflicted == 1 && desk.dispatcher.counts.succeeded == 2)
    }

    @Test("lets one run at a time of those that lost, in event order, and nobody overtake them")
    func turns() {
        let desk = Desk(slots: 16)
        desk.records(4)
        let all = desk.running
        for assignment in [all[0], all[3], all[2], all[1]] { increment(desk, assignment, at: 0) }
        desk.turns()
        #expect(desk.running.map(\.delivery.event.id.number) == [4], "who asks first has the turn")
        desk.record()
        desk.turns()

        let late = desk.running[1]
        increment(desk, late, at: desk.store.version(path))
        desk.turns()
        while let holder = desk.running.first {
            #expect(desk.running.count == 1)
            increment(desk, holder, at: desk.store.version(path))
            desk.turns()
        }

        #expect(desk.runner.begun.dropFirst(4).map(\.delivery.event.id.number) == [4, 5, 2, 3, 5])
        #expect(desk.store.count(.succeeded) == 5)
    }

    @Test("runs one again that was rejected for what has changed")
    func rejection() {
        let desk = Desk()
        desk.records(1)
        let read = DocumentRead(path: path, version: 0)
        desk.store.put(path, [48])

        desk.end(desk.running[0], .rejected(reason: "absent"), reads: [read])
        #expect(desk.running.count == 1 && desk.store.count(.dead) == 0)
        desk.end(
            desk.running[0], .rejected(reason: "there"),
            reads: [DocumentRead(path: path, version: desk.store.version(path))])

        #expect(desk.store.count(.dead) == 1)
    }

    @Test("leaves no turn behind when the lease was lost meanwhile")
    func leaseLost() {
        let desk = Desk()
        desk.records(2)
        let both = desk.running
        increment(desk, both[0], at: 0)
        increment(desk, both[1], at: 0)
        desk.turns()
        desk.store.script = { change in
            if case .settle = change { .refused(.leaseLost) } else { nil }
        }

        desk.tell(desk.running[0])
        desk.turns()
        desk.store.script = { _ in nil }
        desk.records(1)
        increment(desk, desk.running[0], at: desk.store.version(path))
        desk.turns()

        #expect(desk.dispatcher.held == 0 && desk.store.count(.succeeded) == 2)
    }

    @Test("ends one that never wins as dead, after as many runs as anything may have")
    func runsMax() {
        var limits = Limits()
        limits.runsMax = 3
        let desk = Desk(limits: limits)
        desk.records(1)

        while let next = desk.running.first {
            desk.store.put(path, [48])
            increment(desk, next, at: 0)
            desk.turns()
        }

        #expect(desk.runner.begun.count == 3 && desk.store.count(.dead) == 1)
    }

    @Test("keeps so many that wait for a turn at most, and leaves the rest in the store")
    func bound() {
        let desk = Desk(slots: 8)
        desk.records(100)
        increment(desk, desk.running[0], at: 0)
        for _ in 0..<300 {
            guard let next = desk.running.last, desk.running.count > 1 else { break }
            increment(desk, next, at: 0)
            desk.turns()
        }

        #expect(desk.dispatcher.held <= 8 + 6)
        #expect(desk.store.count(.ready) >= 80)
    }

    @Test(
        "takes two runs a command for a hot document, and charges none",
        arguments: [7, 19] as [UInt64])
    func hot(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let desk = Desk(slots: 85)
        var versions: [AttemptNumber: Int64] = [:]
        desk.runner.began = { [unowned desk] in
            versions[$0.attempt] = desk.store.version("counters/1")
        }
        for _ in 0..<1_000 { desk.record() }
        desk.turns()
        #expect(desk.running.count == 64)

        var turns = 0
        while !desk.running.isEmpty, turns < 20_000 {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                guard let next = desk.running.randomElement(using: &random) else { break }
                increment(desk, next, at: versions[next.attempt]!)
            }
            desk.turn()
            if desk.running.isEmpty { desk.turns() }
            turns += 1
        }

        #expect(desk.store.count(.succeeded) == 1_000, "seed \(seed)")
        #expect(desk.store.rows.values.allSatisfy { $0.charged == 0 }, "seed \(seed)")
        #expect(desk.store.version("counters/1") == 1_000, "seed \(seed)")
        #expect(desk.runner.begun.count <= 2_500, "seed \(seed)")
        #expect(desk.dispatcher.held == 0, "seed \(seed)")
    }
}
