import Contract
import Testing

@testable import Roost

@Suite("A change of a document")
struct DocumentChangeTests {
    private struct Note: Codable, Sendable { var text: String }

    private let audit = Function("audit") { (_: DocumentChange<Note>, _) in }

    private func change(_ data: String, _ triggers: [Trigger]) throws -> DocumentChange<Note> {
        let declarations = Declarations(
            app: "Shop", functions: [audit.registration], triggers: triggers, schedules: [])
        let event = Event(
            id: EventID(.event, number: 1, at: Instant(milliseconds: 1)), kind: .document,
            subject: "orders/o-1/notes/n-1", acceptedAt: Instant(milliseconds: 1),
            data: Array(data.utf8))
        var delivery = Delivery(
            function: 0, attempt: 1, timeout: .seconds(1), event: event, invocation: event.id)
        delivery.captures = declarations.functions[0].captures(in: event.subject)
        return try DocumentChange(delivery)
    }

    @Test("has the captures of the trigger that wants its kind")
    func captures() throws {
        let triggers: [Trigger] = [
            .document("orders/{gone}/notes/{last}", on: .deleted, run: audit),
            .document("other/{id}", run: audit),
            .document("orders/{order}/notes/{note}", on: .written, run: audit),
            .document("orders/{any}/notes/n-1", run: audit),
        ]

        let created = try change(#"{"version":3,"after":{"text":"a"}}"#, triggers)
        let deleted = try change(#"{"version":4,"before":{"text":"a"}}"#, triggers)
        let alone = try change(#"{"version":5,"before":{"text":"a"}}"#, [triggers[3]])

        #expect(created.kind == .created && created.id == "n-1")
        #expect(created.parameters == ["order": "o-1", "note": "n-1"])
        #expect(deleted.kind == .deleted)
        #expect(deleted.parameters == ["gone": "o-1", "last": "n-1"])
        #expect(alone.parameters == ["any": "o-1"])
    }

    @Test("has the last part of its path for its identifier, whatever that begins with")
    func identifiers() {
        #expect(DocumentChange<Note>("orders/o-1/notes/n-1").id == "n-1")
        #expect(DocumentChange<Note>("orders/\u{301}o").id == "\u{301}o")
    }
}
