import Contract
import Invocations
import Testing

@Suite("The number of an invocation")
struct NumbersTests {
    @Test("holds its event's number and its place there")
    func parts() {
        let number = InvocationNumber(
            event: EventNumber(77), ordinal: InvocationNumber.perEventMax - 1)

        #expect(number.event == EventNumber(77))
        #expect(number.rawValue == 77 << 12 | 4095)
    }

    @Test("sorts by event, then by place")
    func order() {
        let numbers = [(2, 0), (1, 4095), (1, 0), (2, 1)].map {
            InvocationNumber(event: EventNumber(Int64($0.0)), ordinal: $0.1)
        }

        #expect(numbers.sorted().map(\.rawValue) == [4096, 8191, 8192, 8193])
    }

    @Test("makes an identifier of its own, but for a call, which had one before")
    func identifiers() {
        let now = Instant(milliseconds: 1_795_406_400_000)
        let call = EventID(callAt: now, random: 99)
        let command = NewEvent(kind: .command, subject: "send-receipt", acceptedAt: now, data: [])
        var request = command
        request.callID = call

        let claimed = claimed(command.numbered(EventNumber(5)))
        let called = self.claimed(request.numbered(EventNumber(6)))

        #expect(claimed.id == EventID(.invocation, number: 5 << 12, at: now))
        #expect(claimed.event.id == EventID(.event, number: 5, at: now))
        #expect(called.event.id == call)
        #expect(called.id == call.tagged(.callInvocation))
    }

    private func claimed(_ event: Event) -> ClaimedInvocation {
        ClaimedInvocation(
            held: Held(
                invocation: InvocationNumber(event: EventNumber(5), ordinal: 0), lease: Lease(1)),
            function: FunctionNumber(1), event: event, runs: 1, charged: 0, firstRunAt: nil,
            suspicion: .none)
    }
}
