import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher, with ticks")
struct TickTests {
    private func firing(ticks: Int) -> Planning {
        let ticks = (0..<ticks).map { place in
            PlannedTick(
                planned: Desk.start + .seconds(Int64(place)),
                record: Record(
                    event: NewEvent(
                        kind: .tick, subject: "nightly", acceptedAt: Desk.start, data: []),
                    owed: [Owed(function: FunctionNumber(1))], comesFromOutside: false))
        }
        return .fire(
            Firing(
                schedule: "nightly", after: Desk.start, through: Desk.start + .seconds(9),
                ticks: ticks, overlap: .skip, now: Desk.start))
    }

    /// A store that records the ticks of a firing as they are asked for.
    private func answering(_ desk: Desk) -> () -> [Owed.Start] {
        var starts: [Owed.Start] = []
        desk.store.script = { change in
            guard case .plan(.fire(let firing)) = change else { return nil }
            let asked = firing.ticks.map(\.record.owed[0].start)
            starts += asked
            return .planned(
                Planned(
                    recorded: asked.enumerated().map { place, start in
                        let number = EventNumber(Int64(70 + place))
                        return Recorded(
                            event: EventID(.event, number: number.rawValue, at: Desk.start),
                            number: number,
                            started: start == .now ? [.init(ordinal: 0, lease: Lease(5))] : [])
                    }))
        }
        return { starts }
    }

    @Test("begins a tick with the commit that records it, where a slot is free")
    func atOnce() {
        let desk = Desk([Desk.function("report", input: .tick)], slots: 1)
        let starts = answering(desk)

        desk.dispatcher.plan(firing(ticks: 1)) { _ in }
        desk.dispatcher.plan(firing(ticks: 1)) { _ in }
        #expect(desk.running.isEmpty, "nothing runs before its commit")
        desk.turn()

        #expect(starts() == [.now, .whenClaimed], "one slot is free")
        #expect(desk.running.map(\.delivery.event.subject) == ["nightly"])
        #expect(desk.store.claims.allSatisfy { $0.wants.isEmpty })
    }

    @Test("leaves several ticks of one schedule to a claim: the first may have to give way")
    func several() {
        let desk = Desk([Desk.function("report", input: .tick)])
        let starts = answering(desk)

        desk.dispatcher.plan(firing(ticks: 2)) { _ in }
        desk.turn()

        #expect(starts() == [.whenClaimed, .whenClaimed])
        #expect(desk.running.isEmpty && desk.dispatcher.held == 0)
    }

    @Test("gives the slot back where the firing is refused")
    func refused() {
        let desk = Desk([Desk.function("report", input: .tick)], slots: 1)
        desk.store.script = { change in
            guard case .plan = change else { return nil }
            return .refused(.firedMeanwhile(schedule: "nightly"))
        }

        desk.dispatcher.plan(firing(ticks: 1)) { _ in }
        desk.turns()
        desk.store.script = { _ in nil }
        desk.records(1)

        #expect(desk.running.count == 1)
    }
}
