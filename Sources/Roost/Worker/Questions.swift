import Contract
import Synchronization

/// The reads of all handlers that the host has not answered yet.
final class Questions: Sendable {
    private typealias Waiter = CheckedContinuation<HostReply, any Error>

    private enum Place {
        /// The asker has a number and is not suspended yet, or was cancelled before it could be.
        case taken, cancelled
        case waiting(Waiter)
    }

    private struct State {
        var last: UInt64 = 0
        var places: [UInt64: Place] = [:]

        mutating func takeWaiter(_ number: UInt64) -> Waiter? {
            guard case .waiting(let waiter)? = places[number] else { return nil }
            places[number] = nil
            return waiter
        }
    }

    private let state = Mutex(State())

    /// Sends a question under a new number and suspends until `answered` is called with it; a
    /// cancelled task gets a `CancellationError`.
    func ask(send: @Sendable (_ number: UInt64) -> Void) async throws -> HostReply {
        let number = state.withLock { state in
            state.last += 1
            state.places[state.last] = .taken
            return state.last
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                guard wait(waiter, for: number) else {
                    return waiter.resume(throwing: CancellationError())
                }
                send(number)
            }
        } onCancel: {
            cancel(number)
        }
    }

    /// Hands an answer to whoever asked; one that nobody waits for is dropped.
    func answered(_ number: UInt64, _ reply: HostReply) {
        state.withLock { $0.takeWaiter(number) }?.resume(returning: reply)
    }

    /// False where the task was cancelled before.
    private func wait(_ waiter: Waiter, for number: UInt64) -> Bool {
        state.withLock { state in
            if case .cancelled? = state.places[number] {
                state.places[number] = nil
                return false
            }
            state.places[number] = .waiting(waiter)
            return true
        }
    }

    private func cancel(_ number: UInt64) {
        let waiter = state.withLock { state -> Waiter? in
            if case .taken? = state.places[number] {
                state.places[number] = .cancelled
                return nil
            }
            return state.takeWaiter(number)
        }
        waiter?.resume(throwing: CancellationError())
    }
}
