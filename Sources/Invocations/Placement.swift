package import Contract

/// A staged file whose commit is on the disk: it goes to its key now, and its row stays until the
/// key is announced.
package struct Placement: Sendable, Equatable {
    /// From the store's one sequence of versions: it grows from commit to commit.
    package var number: Int64
    /// Where it lies and where it goes.
    package var file: StagedFile

    /// As a store has it.
    package init(number: Int64, file: StagedFile) {
        self.number = number
        self.file = file
    }
}

extension [Placement] {
    /// What a look at the key that all of them are for tells: up to which number they are done,
    /// and which of them made what was found.
    ///
    /// A file that is found was placed. That nothing is found says nothing of a deletion: it may
    /// be the state before; so it counts only where all up to `placedThrough` were done before.
    package func done(
        finding mark: FileMark?, placedThrough: Int64
    ) -> (through: Int64, cause: Int?) {
        let found = mark == nil ? nil : last { $0.file.mark == mark }
        let through = Swift.max(placedThrough, found?.number ?? 0)
        let cause = lastIndex { $0.number <= through }
        return (through, cause.flatMap { self[$0].file.mark == mark ? $0 : nil })
    }
}
