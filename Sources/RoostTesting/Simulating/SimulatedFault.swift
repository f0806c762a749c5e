/// What goes wrong in a simulation, again and again.
public enum SimulatedFault: Sendable, Equatable {
    /// The host is killed twice for every invocation, at the commits that say how its attempts
    /// ended: at the first one before it is on the disk, and at the next one, when a later host has
    /// run it again, after that and before anyone is told.
    ///
    /// No other commit is met: neither those that record what comes from outside (requests,
    /// messages, commands, documents, files), nor those that claim or fire a schedule, nor the end
    /// of a request that waits for its answer, whose caller could not tell what became of it.
    case crashAtEveryCommit
    /// A share of all attempts, in 0...1, runs its handler twice, one run after the other, as if
    /// the first one's worker had been lost before it could say that it was done. Both runs are the
    /// same attempt, with the same number and the same `onceKey`; what the first one asked to write
    /// is dropped, but its calls through `context.http` were made.
    ///
    /// And the same share of the messages, commands and accepted requests with a key that the test
    /// sends is sent twice.
    case duplicates(Double)
    /// A share of all attempts, in 0...1, ends its worker; that is charged.
    case workerCrashes(Double)
}
