/// A rule of the store that is broken on purpose, to see whether the simulation finds it.
///
/// It is broken on the way to the store, so that nothing of it is in what is shipped.
package enum Breach: String, Sendable, CaseIterable {
    /// An outcome is taken under whatever lease is the right one now.
    case noLeaseGuard
    /// A firing is taken whatever cursor it found.
    case noUniqueFiring
    /// Effects are committed first, and the settlement after them.
    case effectsFirst
    /// An event that a handler caused is forgotten on the way to the store.
    case losesEffect
    /// Answers go out before what they are about is on the disk.
    case answersBeforeSync

    /// The invariant that it breaks.
    package var invariant: Int {
        switch self {
        case .noLeaseGuard: 3
        case .noUniqueFiring: 10
        case .effectsFirst, .losesEffect: 6
        case .answersBeforeSync: 8
        }
    }
}
