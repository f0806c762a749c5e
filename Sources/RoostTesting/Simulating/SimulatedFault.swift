/// What goes wrong in a simulation, again and again.
public enum SimulatedFault: Sendable, Equatable {
    /// The host is killed at the commit of every invocation: first before the commit is on the
    /// disk, and when the next host has run it again, after that and before anyone is told. Requests
    /// whose callers wait for the answer are spared, for they could not tell what became of them.
    case crashAtEveryCommit
    /// A share of all attempts, in 0...1, runs twice: the worker is lost when its handler is done,
    /// before it could say so. Messages and commands with a key are sent twice as well.
    case duplicates(Double)
    /// A share of all attempts, in 0...1, ends its worker; that is charged.
    case workerCrashes(Double)
}
