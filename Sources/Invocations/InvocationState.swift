/// Where an invocation stands.
///
///     record ──▶ scheduled ──due──▶ ready ◀──────────── again, uncharged ─┐
///        │                           │ ▲                                  │
///        │                     claim │ │ due                              │
///        └──── a slot is free ──▶ running ── charged ──▶ retrying         │
///                                    │ └──────────────────────────────────┘
///                 ┌──────────────────┼───────────────────┐
///                 ▼                  ▼                   ▼
///             succeeded          cancelled              dead ── by hand ──▶ ready
///
/// What is not running can be cancelled where it stands. Every arrow that leaves `running` is
/// guarded by the attempt's lease.
package enum InvocationState: Int, Sendable, CaseIterable {
    /// Due later.
    case scheduled = 0
    case ready = 1
    case running = 2
    /// Waits for its backoff.
    case retrying = 3
    case succeeded = 4
    case cancelled = 5
    case dead = 6

    /// True while a run is owed.
    package var isOwed: Bool { self.rawValue <= Self.retrying.rawValue }

    /// The word that people see.
    package var name: String {
        switch self {
        case .scheduled: "scheduled"
        case .ready: "ready"
        case .running: "running"
        case .retrying: "retrying"
        case .succeeded: "succeeded"
        case .cancelled: "cancelled"
        case .dead: "dead"
        }
    }

    /// Nil for a word that no state has.
    package init?(name: String) {
        guard let state = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }
}

/// How much an invocation is suspected of ending processes.
///
/// Any outcome but a crash clears it, save `convicted`, which stays.
package enum Suspicion: Int, Sendable, Comparable {
    case none = 0
    /// It was running when the host died uncleanly once.
    case seenOnce = 1
    /// It may have ended a worker, or was running at two unclean ends of the host: it runs alone.
    case suspect = 2
    /// It was charged with a crash: it runs alone for good.
    case convicted = 3

    /// True for what runs in quarantine.
    package var runsAlone: Bool { self >= .suspect }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
