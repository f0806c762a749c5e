import Contract
import FoundationEssentials
import Testing

@testable import Roost

@Suite("A tick")
struct TickTests {
    @Test(
        "says the planned instant of its data",
        arguments: [
            #"{"scheduledFor":"2026-11-23T09:30:00.000Z"}"#,
            #"{"scheduledFor":"2026-11-23T09:30:00Z"}"#,
            #"{"scheduledFor":"2026-11-23T10:30:00+01:00"}"#,
            #" {"more":1, "scheduledFor" : "2026-11-23T09:30:00.000\u005a"}"#,
        ])
    func planned(data: String) throws {
        let tick = try Tick(delivery(data))

        #expect(tick.scheduledFor == Date(timeIntervalSince1970: 1_795_426_200))
        #expect(tick.firedAt == Date(timeIntervalSince1970: 1_795_426_201))
        #expect(tick.schedule == "nightly")
    }

    @Test(
        "names the field that it can't read",
        arguments: [
            (#"{"scheduledFor":"soon"}"#, "data.scheduledFor: "),
            (#"{"scheduledFor":5}"#, "data.scheduledFor: "), ("{}", "data.scheduledFor: "),
            ("[", "data: "),
        ])
    func unreadable(data: String, start: String) {
        #expect {
            try Tick(delivery(data))
        } throws: { error in
            "\(error)".hasPrefix(start)
        }
    }

    private func delivery(_ data: String) -> Delivery {
        let event = Event(
            id: EventID(high: 1, low: 2), kind: .tick, subject: "nightly",
            acceptedAt: Instant(milliseconds: 1_795_426_201_000), data: Array(data.utf8),
            dataContentType: "application/json")
        return Delivery(
            function: 0, attempt: 1, timeout: .seconds(1), event: event,
            invocation: EventID(high: 1, low: 3))
    }
}
