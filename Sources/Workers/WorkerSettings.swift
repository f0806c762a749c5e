package import Contract

/// How workers are started and bounded.
package struct WorkerSettings: Sendable {
    package var executable: String
    /// All of a worker's environment.
    package var environment: [String: String]
    /// The workers of the pool.
    package var count: Int
    package var limits: Limits

    package init(
        executable: String, environment: [String: String], count: Int, limits: Limits = Limits()
    ) {
        precondition(count >= 1, "a pool has a worker")
        self.executable = executable
        self.environment = environment
        self.count = count
        self.limits = limits
    }
}
