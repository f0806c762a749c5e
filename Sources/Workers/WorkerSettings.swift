package import Contract

/// How workers are started and bounded.
package struct WorkerSettings: Sendable {
    /// The app's executable, as a path: a bare name would be looked for where programs lie.
    package let executable: String
    /// All of a worker's environment.
    package var environment: [String: String]
    /// The workers of the pool.
    package var count: Int
    /// How long a worker may take and how large it may become, among others.
    package var limits: Limits

    /// Traps where the pool would have no worker.
    package init(
        executable: String, environment: [String: String], count: Int, limits: Limits = Limits()
    ) {
        precondition(count >= 1, "a pool has a worker")
        self.executable = executable.contains("/") ? executable : "./" + executable
        self.environment = environment
        self.count = count
        self.limits = limits
    }
}
