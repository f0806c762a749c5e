import Dispatching
import Testing

@Suite("The turns at documents")
struct DocumentTurnsTests {
    private let turns = Turns()

    private final class Turns {
        private var value = DocumentTurns()

        func take(_ paths: Set<String>, _ ticket: DocumentTurns.Ticket) -> Bool {
            value.take(paths, ticket)
        }

        func end(_ ticket: DocumentTurns.Ticket) -> [DocumentTurns.Ticket] { value.end(ticket) }

        func isHeld(_ paths: [String], byOtherThan ticket: DocumentTurns.Ticket?) -> Bool {
            value.isHeld(paths, byOtherThan: ticket)
        }
    }

    private func ticket(_ order: Int64, _ serial: UInt64 = 0) -> DocumentTurns.Ticket {
        DocumentTurns.Ticket(order: order, serial: serial)
    }

    @Test("are had at once where nobody holds one")
    func free() {
        let first = turns.take(["a/1", "a/2"], ticket(1))
        let second = turns.take(["a/3"], ticket(2))

        #expect(first && second)
        #expect(turns.isHeld(["a/9", "a/2"], byOtherThan: ticket(2)))
        #expect(!turns.isHeld(["a/1", "a/2"], byOtherThan: ticket(1)))
        #expect(!turns.isHeld(["a/9"], byOtherThan: nil))
    }

    @Test("go on in event order, whoever came first")
    func eventOrder() {
        let first = turns.take(["a/1"], ticket(5))
        let late = turns.take(["a/1"], ticket(9, 1))
        let early = turns.take(["a/1"], ticket(3, 2))
        let equal = turns.take(["a/1"], ticket(9, 3))

        #expect(first && !late && !early && !equal)
        #expect(turns.end(ticket(5)) == [ticket(3, 2)])
        #expect(turns.end(ticket(3, 2)) == [ticket(9, 1)])
        #expect(turns.end(ticket(9, 1)) == [ticket(9, 3)])
        #expect(turns.end(ticket(9, 3)) == [])
        #expect(!turns.isHeld(["a/1"], byOtherThan: nil))
    }

    @Test("at several documents are taken in path order, so that two never wait for each other")
    func pathOrder() {
        let first = turns.take(["b/1"], ticket(1))
        let second = turns.take(["a/1", "b/1"], ticket(2))
        let third = turns.take(["b/1", "a/1"], ticket(3))

        #expect(first && !second && !third)
        #expect(
            turns.isHeld(["a/1"], byOtherThan: ticket(3)),
            "the second took the first path meanwhile")
        #expect(turns.end(ticket(1)) == [ticket(2)])
        #expect(turns.end(ticket(2)) == [ticket(3)])
    }

    @Test("are left by one who gives up while it waits")
    func leaving() {
        _ = turns.take(["a/1"], ticket(1))
        _ = turns.take(["a/1"], ticket(2))
        _ = turns.take(["a/1"], ticket(3))

        #expect(turns.end(ticket(2)) == [])
        #expect(turns.end(ticket(1)) == [ticket(3)])
        #expect(turns.end(ticket(2)) == [], "a ticket that stands nowhere ends nothing")
    }

    @Test(
        "come to everyone, one at a time per document, whatever the order",
        arguments: 1...40 as ClosedRange<UInt64>)
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var running: [DocumentTurns.Ticket: Set<String>] = [:]
        var waiting: [DocumentTurns.Ticket: Set<String>] = [:]
        var ended = 0
        var taken: UInt64 = 0

        while ended < 300 {
            if taken < 300, running.isEmpty || Bool.random(using: &random) {
                taken += 1
                let ticket = ticket(Int64.random(in: 0..<9, using: &random), taken)
                let paths = Set((0..<4).map { _ in "a/\(Int.random(in: 0..<5, using: &random))" })
                if turns.take(paths, ticket) {
                    running[ticket] = paths
                } else {
                    waiting[ticket] = paths
                }
            } else {
                guard let ticket = running.keys.sorted().randomElement(using: &random) else {
                    Issue.record("\(waiting.count) wait and nobody runs, seed \(seed)")
                    return
                }
                running[ticket] = nil
                ended += 1
                for next in turns.end(ticket) { running[next] = waiting.removeValue(forKey: next) }
            }
            let held = running.values.flatMap(Array.init)
            #expect(held.count == Set(held).count, "a document has two at once, seed \(seed)")
        }

        #expect(waiting.isEmpty && running.isEmpty, "seed \(seed)")
        #expect(!turns.isHeld((0..<5).map { "a/\($0)" }, byOtherThan: nil), "seed \(seed)")
    }
}
