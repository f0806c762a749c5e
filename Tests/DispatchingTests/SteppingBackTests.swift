import Contract
import Dispatching
import Invocations
import Testing

@Suite("A dispatcher whose wall clock is set back")
struct SteppingBackTests {
    private static let place = StepBack.Place(lastEvent: EventNumber(9), lastLease: Lease(9))

    /// The steps that its store is asked for, of which each but the last says that there is more.
    private func desk(_ answers: [Answer]) -> (desk: Desk, asked: () -> [StepBack]) {
        let desk = Desk()
        var answers = answers
        var asked: [StepBack] = []
        desk.store.script = { change in
            guard case .stepBack(let step) = change else { return nil }
            asked.append(step)
            return answers.isEmpty ? nil : answers.removeFirst()
        }
        return (desk, { asked })
    }

    private func next(_ step: Duration) -> StepBack {
        var next = StepBack(step, rowsMax: 500)
        next.place = Self.place
        return next
    }

    @Test("goes on until the store has gone through all that waits, one step after the other")
    func goesOn() {
        let end = Answer.steppedBack(SteppedBack(moved: 1, next: nil))
        let more = Answer.steppedBack(SteppedBack(moved: 500, next: next(.hours(1))))
        let (desk, asked) = desk([more, more, end, end])

        desk.dispatcher.steppedBack(.hours(1))
        desk.dispatcher.steppedBack(.minutes(1))
        desk.turns()

        #expect(asked().map(\.step) == [.hours(1), .hours(1), .hours(1), .minutes(1)])
        #expect(asked().map { $0.place != nil } == [false, true, true, false])
    }

    @Test("tries again at the next tick what the store refused")
    func refused() {
        let end = Answer.steppedBack(SteppedBack(moved: 1, next: nil))
        let (desk, asked) = desk([.refused(.diskFull), end])

        desk.dispatcher.steppedBack(.hours(1))
        desk.turns()
        #expect(asked().count == 1)
        desk.tick()
        desk.tick()

        #expect(asked().map(\.step) == [.hours(1), .hours(1)])
    }
}
