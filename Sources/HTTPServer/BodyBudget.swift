package import EventLoop

/// The bytes that request bodies may hold at one time, over all listeners that share it.
///
/// A body takes from it as it arrives and gives back once its request is answered. Where its client
/// is gone before, it gives back then, unless the handler asked to keep the share until it answers.
/// A body that finds nothing left is answered 503 with Retry-After.
@LoopActor
package final class BodyBudget {
    /// What all bodies may hold together.
    package let bytesMax: Int
    /// What they hold now, from 0 to `bytesMax`.
    package private(set) var bytesInUse = 0

    /// Grants `bytesMax`, by default 256 MiB.
    package init(bytesMax: Int = 256 * 1024 * 1024) {
        precondition(bytesMax > 0, "a budget has something to give")
        self.bytesMax = bytesMax
    }

    /// Takes `count` bytes, or nothing and answers false where too few are left.
    package func take(_ count: Int) -> Bool {
        guard count <= bytesMax - bytesInUse else { return false }
        bytesInUse += count
        return true
    }

    /// Returns what was taken.
    package func giveBack(_ count: Int) {
        assert(count <= bytesInUse, "no more is given back than was taken")
        bytesInUse -= count
    }
}
