import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher whose workers crash")
struct CrashTests {
    private static let crash = Outcome.crashed(error: "SIGSEGV")

    /// A desk whose first function was named three times.
    private func deskInQuarantine(slots: Int = 16) -> Desk {
        let desk = Desk([Desk.function("a", retry: .never), Desk.function("b")], slots: slots)
        setApart(desk, 1)
        return desk
    }

    private func setApart(_ desk: Desk, _ number: Int64) {
        desk.records(3, of: number)
        while let next = desk.running.first { desk.end(next, Self.crash) }
    }

    @Test("runs a function apart that was named three times, four at once, and takes no more of it")
    func quarantine() {
        let desk = deskInQuarantine()
        #expect(desk.store.count(.dead) == 3)

        desk.records(50)

        #expect(desk.running.count == 4 && desk.running.allSatisfy(\.runsAlone))
        #expect(desk.store.count(.ready) == 46 && desk.dispatcher.held == 4)
        while let next = desk.running.first { desk.end(next) }
        #expect(desk.store.count(.succeeded) == 50)
    }

    @Test("gives others all slots meanwhile")
    func others() {
        let desk = deskInQuarantine()
        desk.records(50)

        desk.records(50, of: 2)

        let pool = desk.running.filter { !$0.runsAlone }
        #expect(pool.count == 12 && pool.allSatisfy { $0.delivery.function == 1 })
    }

    @Test("runs it in the pool again when ten minutes have passed without another")
    func end() {
        let desk = deskInQuarantine()

        desk.tick(after: .minutes(10))
        desk.records(6)

        #expect(desk.running.count == 6 && !desk.running.contains(where: \.runsAlone))
    }

    @Test("runs a suspect apart, whatever its function")
    func suspect() {
        let desk = Desk()
        desk.records(2)
        let both = desk.running

        desk.end(both[0], .interrupted(.suspected))

        #expect(desk.running.map(\.runsAlone) == [false, true])
        #expect(desk.store.rows(.running).map(\.charged) == [0, 0])
    }

    @Test("keeps a function to its bound in quarantine too")
    func concurrency() {
        let desk = Desk([Desk.function("a", concurrencyMax: 1)])
        desk.store.add(FunctionNumber(1), count: 3, suspicion: .convicted)

        desk.dispatcher.lookAround()
        desk.turns()

        #expect(desk.running.count == 1 && desk.dispatcher.held == 1)
        while let next = desk.running.first { desk.end(next) }
        #expect(desk.store.count(.succeeded) == 3)
    }

    @Test("leaves suspects in the store that have no worker of their own, and takes others first")
    func waiting() {
        let desk = Desk(slots: 16)
        desk.store.add(FunctionNumber(1), count: 10, suspicion: .suspect)
        desk.store.add(FunctionNumber(1), count: 3)

        desk.dispatcher.lookAround()
        desk.turns()
        #expect(desk.running.map(\.runsAlone) == [true, true, true, true, false, false, false])
        #expect(desk.store.count(.running) == 7, "who waits would be charged with the host's end")
        desk.end(desk.running[0])
        #expect(desk.running.count { $0.runsAlone } == 4)

        while let next = desk.running.first { desk.end(next) }
        #expect(desk.store.count(.succeeded) == 13 && desk.dispatcher.held == 0)
    }

    @Test("lets what runs apart wait for a worker, and gives it back at the end")
    func drain() {
        let desk = Desk([Desk.function("a", retry: .never), Desk.function("b", retry: .never)])
        setApart(desk, 1)
        setApart(desk, 2)
        desk.records(4)
        desk.records(4, of: 2)
        #expect(desk.running.count == 4 && desk.dispatcher.held == 8)

        desk.dispatcher.drain()
        desk.turns()

        #expect(desk.store.released.count == 4 && desk.dispatcher.held == 4)
        for assignment in desk.running { desk.end(assignment) }
        #expect(desk.dispatcher.held == 0 && desk.store.count(.succeeded) == 4)
    }

    @Test("begins a call that has room at once when what waited for a worker is cancelled")
    func cancelled() {
        let desk = Desk([
            Desk.function("a", concurrencyMax: 1, retry: .never),
            Desk.function("b", retry: .never),
        ])
        setApart(desk, 1)
        setApart(desk, 2)
        desk.records(4, of: 2)
        desk.records(1)
        let caller = Caller().call(desk)
        #expect(desk.dispatcher.held == 5, "one waits apart, and the call for room")

        let waiting = InvocationNumber(event: EventNumber(11), ordinal: 0)
        desk.dispatcher.cancel(.one(waiting)) { _ in }
        desk.turns()

        #expect(desk.store.count(.cancelled) == 1)
        #expect(desk.dispatcher.held == 5, "the call waits apart")
        for assignment in desk.running { desk.end(assignment) }
        #expect(caller.heard.isEmpty && desk.running.count == 1)
        desk.end(desk.running[0])
        #expect(caller.heard == ["response 204"])
    }

    @Test("answers callers of what always crashes, and lets no more in than may run apart")
    func callers() {
        let desk = deskInQuarantine()
        let callers = (0..<6).map { _ in Caller().call(desk) }
        #expect(desk.running.count == 4 && desk.running.allSatisfy(\.runsAlone))

        desk.end(desk.running[0], Self.crash)
        #expect(callers[0].heard == ["crashed"] && desk.running.count == 4)
        desk.tick(after: .seconds(10))

        #expect(callers[5].heard == ["no slot"])
        #expect(callers[4].heard.isEmpty)
    }
}
