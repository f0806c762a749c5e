package import Contract
package import Logging

/// How a store is opened.
package struct StoreOptions: Sendable {
    /// When a commit is on the disk.
    package enum Synchronous: String, Sendable {
        /// Before it is answered.
        case full
        /// Soon after: a power cut may lose the last commits that were answered, a crash none.
        case normal
    }

    /// What the queue, the groups and the log may take.
    package var limits: Limits
    /// When a commit is on the disk.
    package var synchronous: Synchronous
    /// How long to wait before outcomes are tried again on a full disk.
    package var retryInterval: Duration
    /// Told of commits that fail and of those that succeed again.
    package var logger: Logger
    /// What a test has the next commit fail with; nothing, in a host.
    package var fault: @Sendable () -> StoreFault? = { nil }

    /// A store that loses nothing, with the default limits.
    package init(
        limits: Limits = Limits(), synchronous: Synchronous = .full,
        retryInterval: Duration = .seconds(1),
        logger: Logger = Logger(label: "roost.store")
    ) {
        self.limits = limits
        self.synchronous = synchronous
        self.retryInterval = retryInterval
        self.logger = logger
    }
}

/// A way in which a commit fails.
package enum StoreFault: Sendable {
    /// There is no room for what is written.
    case full
    /// Another program holds the file's lock.
    case locked
    /// The sync at the end of a commit failed.
    case sync
}
