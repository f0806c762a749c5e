import Contract
import Synchronization

/// The bodies that follow an outcome, and how much of each the host takes now.
///
/// A body starts without credit: the host grants some once the attempt is committed, and more as
/// the caller reads. One that nobody wants any more is abandoned, and its writer thrown at.
final class OutgoingBodies: Sendable {
    private struct Body {
        var credit = 0
        var isAbandoned = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let bodies = Mutex<[UInt32: Body]>([:])

    /// More credit than this at once is nonsense, and counts as this.
    private static let creditMax = 1 << 30

    /// Lets the host grant credit from now on; called before it can know of the body.
    func open(_ attempt: UInt32) { bodies.withLock { $0[attempt] = Body() } }

    func close(_ attempt: UInt32) { bodies.withLock { $0[attempt] = nil } }

    func grant(_ attempt: UInt32, bytes: UInt64) {
        let more = Int(min(bytes, UInt64(Self.creditMax)))
        wake(attempt) { $0.credit = min($0.credit + more, Self.creditMax) }
    }

    /// Ends a body early; false where none is under way.
    func abandon(_ attempt: UInt32) -> Bool {
        wake(attempt) { $0.isAbandoned = true }
        return bodies.withLock { $0[attempt] != nil }
    }

    /// Suspends until the host takes something, and uses up to `max` bytes of it.
    ///
    /// Throws when nobody wants the rest, and, where `endsWithTask` is true, a `CancellationError`
    /// when the task is cancelled.
    func takeCredit(_ attempt: UInt32, max: Int, endsWithTask: Bool) async throws -> Int {
        while true {
            if endsWithTask { try Task.checkCancellation() }
            let taken = try bodies.withLock { bodies in
                guard var body = bodies[attempt], !body.isAbandoned else { throw BodyAbandoned() }
                let taken = min(max, body.credit)
                body.credit -= taken
                bodies[attempt] = body
                return taken
            }
            if taken > 0 { return taken }
            await creditChanges(attempt, endsWithTask: endsWithTask)
        }
    }

    private func creditChanges(_ attempt: UInt32, endsWithTask: Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let waits = bodies.withLock { bodies in
                    guard let body = bodies[attempt], body.credit == 0, !body.isAbandoned,
                        !(endsWithTask && Task.isCancelled)
                    else { return false }
                    bodies[attempt]!.waiters.append(waiter)
                    return true
                }
                if !waits { waiter.resume() }
            }
        } onCancel: {
            wake(attempt) { _ in }
        }
    }

    private func wake(_ attempt: UInt32, _ change: (inout Body) -> Void) {
        let waiters = bodies.withLock { bodies -> [CheckedContinuation<Void, Never>] in
            guard bodies[attempt] != nil else { return [] }
            change(&bodies[attempt]!)
            defer { bodies[attempt]!.waiters = [] }
            return bodies[attempt]!.waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Thrown at the writer of a response that nobody wants any more.
struct BodyAbandoned: Error, CustomStringConvertible {
    var description: String { "nobody wants the rest of the response" }
}
