import Dispatching
import Invocations
import Testing

@Suite("The journal")
struct JournalTests {
    @Test("hands each answer to whoever asked, in order")
    func order() throws {
        var journal = Journal()
        let heard = Heard()
        for number in 1...3 {
            journal.add(.release([])) { answer in
                if case .released(let functions) = answer { heard.add(number, functions) }
            }
        }

        let taken = journal.takePage()
        let page = try #require(taken)
        page.deliver([
            .released([FunctionNumber(7)]), .released([]), .released([FunctionNumber(9)]),
        ])

        #expect(page.changes.count == 3)
        #expect(heard.texts == ["1 [7]", "2 []", "3 [9]"])
    }

    @Test("has no page where nothing was asked, nor twice the same")
    func empty() {
        var journal = Journal()
        #expect(journal.takePage() == nil)

        journal.add(.release([])) { _ in }

        #expect(journal.count == 1)
        let first = journal.takePage()
        let second = journal.takePage()
        #expect(first != nil && second == nil && journal.isEmpty)
    }

    @Test("takes what is asked while a page is out onto the next")
    func next() {
        var journal = Journal()
        journal.add(.release([])) { _ in }
        let first = journal.takePage()

        journal.add(.pause(FunctionNumber(1), isPaused: true)) { _ in }

        #expect(first?.changes.count == 1)
        let next = journal.takePage()
        #expect(next?.changes.count == 1)
    }

    private final class Heard {
        var texts: [String] = []

        func add(_ number: Int, _ functions: [FunctionNumber]) {
            texts.append("\(number) \(functions.map(\.rawValue))")
        }
    }
}
