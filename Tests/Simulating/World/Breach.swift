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
    /// The effects of a call are forgotten on the way to the store.
    case losesCallEffect
    /// The keys of records are forgotten on the way to the store.
    case forgetsKeys
    /// What has no attempt left is tried again.
    case neverDies
    /// What failed runs again at once, as if it had not been charged.
    case runsAgainAtOnce
    /// What has an ordering key is recorded without it.
    case ignoresOrder
    /// A claim is answered as if nothing were ready.
    case overlooksReady
    /// Schedules are looked at no more after some hours.
    case stopsFiring
    /// Answers go out before what they are about is on the disk.
    case answersBeforeSync

    /// The invariant that it breaks.
    package var invariant: Int {
        switch self {
        case .noLeaseGuard: 3
        case .noUniqueFiring, .stopsFiring: 10
        case .effectsFirst, .losesEffect, .losesCallEffect: 6
        case .answersBeforeSync: 1
        case .forgetsKeys: 2
        case .neverDies: 5
        case .runsAgainAtOnce: 4
        case .ignoresOrder: 7
        case .overlooksReady: 9
        }
    }
}
