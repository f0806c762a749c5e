import Contract
import Testing

@Suite("An event's identifier")
struct EventIDTests {
    private let now = Instant(milliseconds: 1_795_426_200_123)

    @Test("carries its time, its tag and its number", arguments: [0, 1, 4_711, EventID.numberMax])
    func parts(number: Int64) {
        for tag in [EventID.Tag.event, .invocation, .call, .callInvocation] {
            let id = EventID(tag, number: number, at: now)

            #expect(id.instant == now)
            #expect(id.tag == tag)
            #expect(id.number == number)
        }
    }

    @Test("is a UUID of version 7 in text, and reads back in either case")
    func text() {
        let id = EventID(.invocation, number: 255, at: now)

        #expect(id.description == "01a207bd-aa3b-7001-8000-0000000000ff")
        #expect(EventID(id.description) == id)
        #expect(EventID(id.description.uppercased()) == id)
        var bytes: [UInt8] = [1]
        id.append(to: &bytes)
        #expect(bytes == [1] + id.description.bytes)
    }

    @Test("sorts by time, then by number, and so does its text")
    func order() {
        let ids = [
            EventID(.event, number: 9, at: now), EventID(.event, number: 10, at: now),
            EventID(.event, number: 1, at: now + .milliseconds(1)),
        ]

        #expect(ids.shuffled().sorted() == ids)
        #expect(ids.map(\.description).shuffled().sorted() == ids.map(\.description))
    }

    @Test("of a call has random bits and the call's invocation has the same")
    func calls() {
        let call = EventID(callAt: now, random: .max)
        let invocation = call.tagged(.callInvocation)

        #expect(call.tag == .call)
        #expect(invocation.tag == .callInvocation)
        #expect(invocation.number == call.number)
        #expect(invocation.instant == now)
        #expect(EventID(callAt: now, random: 1) != EventID(callAt: now, random: 2))
    }

    @Test("of somebody else has no tag")
    func foreign() {
        #expect(EventID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6")?.tag == nil)
        #expect(EventID("01a1f1d5-2a7b-7004-8000-000000000001")?.tag == nil)
        #expect(EventID("01a1f1d5-2a7b-7000-c000-000000000001")?.tag == nil)
    }

    @Test(
        "is not read from what is none",
        arguments: [
            "", "-", "01a1f1d5", "01a1f1d52a7b700180000000000000ff",
            "01a1f1d5-2a7b-7001-8000-0000000000f", "01a1f1d5-2a7b-7001-8000-0000000000ff0",
            "01a1f1d5-2a7b-7001-8000-0000000000fg", "01a1f1d5_2a7b-7001-8000-0000000000ff",
            "01a1f1d5-2a7b-7001-8000-0000000000é", " 1a1f1d5-2a7b-7001-8000-0000000000ff",
        ])
    func refuses(text: String) {
        #expect(EventID(text) == nil)
    }

    @Test("of any bits reads back as the same bits")
    func roundTrip() {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<10_000 {
            let id = EventID(high: random.next(), low: random.next())
            #expect(EventID(id.description) == id, "seed 13")
        }
    }
}
