/// Where events, invocations and documents are kept: the port that every store implements.
///
/// `StoreConformance` states the whole contract and runs over each of them.
package protocol Store: Sendable {
    /// Applies `changes` in order and answers each.
    ///
    /// The changes are handed over before the call first suspends, so the order of calls from one
    /// isolation is the order of their changes.
    ///
    /// The answers come when everything is on the disk; several calls may share one commit, in the
    /// order in which they were made. A change that can't be applied is refused, changes nothing
    /// and holds up no other. Cancelling the caller does not take a change back.
    nonisolated(nonsending) func commit(_ changes: [Change]) async -> [Answer]

    /// Answers a question from what is committed.
    nonisolated(nonsending) func read(_ query: Query) async throws -> Page

    /// Says, without data, that something may be ready that no answer has named; losing one costs a
    /// poll.
    var wakes: AsyncStream<Void> { get }
}
