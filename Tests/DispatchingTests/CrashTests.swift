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
        desk.records(3)
        for assignment in desk.running { desk.end(assignment, Self.crash) }
        return desk
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

    @Test("lets suspects wait for a worker of their own, and gives them back at the end")
    func waiting() {
        let desk = Desk(slots: 16)
        desk.store.add(FunctionNumber(1), count: 10, suspicion: .suspect)
        desk.dispatcher.lookAround()
        desk.turns()
        #expect(desk.running.count == 4 && desk.dispatcher.held == 10)

        desk.dispatcher.drain()
        desk.turns()

        #expect(desk.store.released.count == 6 && desk.dispatcher.held == 4)
        for assignment in desk.running { desk.end(assignment) }
        #expect(desk.dispatcher.held == 0 && desk.store.count(.succeeded) == 4)
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
