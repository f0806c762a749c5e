import Dispatching
import Testing

@Suite("The slots")
struct SlotsTests {
    private func slots(_ total: Int, concurrencyMax: Int? = nil) -> Slots {
        Slots(
            total: total,
            functions: [Desk.function("a", concurrencyMax: concurrencyMax), Desk.function("b")])
    }

    @Test(
        "keep a quarter for callers",
        arguments: [(1, 1), (2, 2), (3, 3), (4, 3), (8, 6), (128, 96)])
    func calls(total: Int, free: Int) {
        var slots = slots(total)
        #expect(slots.freeForInvocations == free)

        slots.take(free, of: 0)

        #expect(slots.freeForInvocations == 0)
        #expect(slots.room(of: 1) == 0)
        #expect(slots.hasRoomForCall(of: 1) == (free < total))
    }

    @Test("are no more for a function than it may run at once")
    func concurrency() {
        var slots = slots(16, concurrencyMax: 2)
        #expect(slots.room(of: 0) == 2)
        #expect(slots.room(of: 1) == 12)

        slots.take(2, of: 0)

        #expect(slots.room(of: 0) == 0)
        #expect(!slots.hasRoomForCall(of: 0))
        #expect(slots.room(of: 1) == 10)
        slots.giveBack(of: 0)
        #expect(slots.room(of: 0) == 1)
    }

    @Test("are none for a paused function, but for what began before")
    func pause() {
        var slots = slots(8)

        slots.setPaused(true, function: 0)

        #expect(slots.isPaused(0) && slots.room(of: 0) == 0 && !slots.hasRoomForCall(of: 0))
        #expect(slots.hasRoomToGoOn(of: 0))
        slots.setPaused(false, function: 0)
        #expect(slots.room(of: 0) == 6)
    }

    @Test("come free for others when one goes apart, which still counts for its function")
    func apart() {
        var slots = slots(4, concurrencyMax: 1)
        slots.take(of: 0)

        slots.setApart(of: 0)

        #expect(slots.inUse == 0 && slots.inUse(of: 0) == 1)
        #expect(slots.room(of: 1) == 3 && slots.room(of: 0) == 0)
        slots.giveBackApart(of: 0)
        #expect(slots.room(of: 0) == 1)
    }

    @Test("are none for a function of which as many wait as there are slots")
    func waiting() {
        var slots = slots(4)
        for _ in 0..<4 { slots.beginWait(of: 0) }

        #expect(slots.room(of: 0) == 0 && !slots.hasRoomForCall(of: 0))
        #expect(slots.hasRoomToGoOn(of: 0) && slots.room(of: 1) == 3)
        slots.endWait(of: 0)
        #expect(slots.room(of: 0) == 3)
    }
}
