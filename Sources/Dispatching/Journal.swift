package import Invocations

/// The changes of one turn on their way to the store, each with whoever waits for its answer.
///
/// The owner takes a page at the end of its turn, commits its changes and hands the answers back.
package struct Journal {
    /// What one commit takes.
    package struct Page {
        /// In the order in which they were added, which is the order of their answers.
        package let changes: [Change]
        private let waiting: [(Answer) -> Void]

        fileprivate init(changes: [Change], waiting: [(Answer) -> Void]) {
            self.changes = changes
            self.waiting = waiting
        }

        /// Hands each answer to whoever asked, in order.
        package func deliver(_ answers: [Answer]) {
            precondition(answers.count == waiting.count, "each change has its answer")
            for (answer, hand) in zip(answers, waiting) { hand(answer) }
        }
    }

    /// Room that is made for a page before it is needed, in changes.
    private static let keptMax = 256

    private var changes: [Change] = []
    private var waiting: [(Answer) -> Void] = []

    /// Begins with nothing to ask.
    package init() {}

    /// True while there is nothing to ask.
    package var isEmpty: Bool { changes.isEmpty }

    /// The changes since the last page.
    package var count: Int { changes.count }

    /// Adds a change to the next page; `answered` is called once, with its answer.
    package mutating func add(_ change: Change, answered: @escaping (Answer) -> Void) {
        changes.append(change)
        waiting.append(answered)
    }

    /// Everything since the last page, or nil where there is nothing.
    package mutating func takePage() -> Page? {
        guard !changes.isEmpty else { return nil }
        let page = Page(changes: changes, waiting: waiting)
        // The next page is about as long; after a burst it is not.
        changes = []
        changes.reserveCapacity(min(page.changes.count, Self.keptMax))
        waiting = []
        waiting.reserveCapacity(min(page.changes.count, Self.keptMax))
        return page
    }

    /// Those that `isTaken` names, or nil where there are none; the others stay, in order.
    mutating func takePage(where isTaken: (Change) -> Bool) -> Page? {
        var taken = Journal()
        var rest = Journal()
        for (change, answered) in zip(changes, waiting) {
            if isTaken(change) {
                taken.add(change, answered: answered)
            } else {
                rest.add(change, answered: answered)
            }
        }
        self = rest
        return taken.takePage()
    }
}
